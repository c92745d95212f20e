// Where the service and the binary are, as `npm test -- --cli` says it, and the service asked directly.
const { env } = process;

if (!env.JOBCAST_URL || !env.JOBCAST_BINARY) throw new Error("JOBCAST_URL or JOBCAST_BINARY is not set: run these tests with npm test -- --cli.");

export const url = env.JOBCAST_URL;
export const key = env.JOBCAST_API_KEY;
export const adminToken = env.JOBCAST_ADMIN_TOKEN;
export const binary = env.JOBCAST_BINARY;

let names = 0;
/** A name for jobs that no other test polls. */
export const newName = () => `cli-${process.pid}-${++names}`;

export async function api(method, path, json) {
  const headers = { "x-api-key": key, ...(json !== undefined && { "content-type": "application/json" }) };
  const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: json && JSON.stringify(json) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

export const jobOf = (id) => api("GET", `/jobs/${id}`);
export const linesOf = async (id) => (await api("GET", `/jobs/${id}/logs?limit=1000`)).logs;
export const messagesOf = async (id) => (await linesOf(id)).map(({ message }) => message);
export const createJob = (fields = {}) => api("POST", "/jobs", { name: newName(), maxAttempts: 1, ...fields });

/** A job that runs, with its producer's reports. */
export async function runningJob(fields) {
  const { id } = await createJob(fields);
  await api("POST", `/jobs/${id}/ack`, {});
  return { id, report: (part, json = {}) => api("POST", `/jobs/${id}/${part}`, json) };
}

/** The events of a job's log, once the stream tells one that `wanted` takes. */
export async function until(id, wanted) {
  const response = await fetch(`${url}/api/v1/jobs/${id}/events`, { headers: { "x-api-key": key, "last-event-id": "0" } });
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n").slice(0, -1).map(read).filter(({ type }) => type && type !== "job:snapshot");
    if (events.some(wanted)) return events;
  }
  throw new Error(`The stream of ${id} ended before that:\n${text}`);
}

function read(block) {
  const field = (name) => block.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  return { type: field("event"), data: field("data") && JSON.parse(field("data")) };
}
