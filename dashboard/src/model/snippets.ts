// What a person copies out of the dashboard. Everything in them is real but the secrets, which they must put in.

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const curlStream = (url: string): string => `curl -N ${quoted(url)}`;

export const eventSource = (url: string): string => `const stream = new EventSource(${JSON.stringify(url)});
stream.addEventListener("job:snapshot", (e) => console.log("now", JSON.parse(e.data)));
stream.addEventListener("job:progress", (e) => console.log(JSON.parse(e.data).percent, "%"));
stream.addEventListener("job:completed", (e) => { console.log("done", JSON.parse(e.data)); stream.close(); });
stream.addEventListener("job:failed", (e) => { console.error(JSON.parse(e.data).error); stream.close(); });`;

export interface Step {
  title: string;
  why: string;
  command: string;
}

/** The first job, command by command. `id` is null until it has been made. */
export function firstJob(origin: string, key: string | null, id: string | null): Step[] {
  const base = `${origin}/api/v1/jobs`;
  const job = id ?? "job_01…";
  const post = (path: string, body?: object) =>
    `curl -X POST ${base}${path} -H "x-api-key: $KEY"${body ? ` \\\n  -H "Content-Type: application/json" -d ${quoted(JSON.stringify(body))}` : ""}`;
  return [
    { title: "Keep your key at hand", why: "Each command below reads it from here.", command: `export KEY=${key ?? "jc_…"}` },
    {
      title: "Create a job", why: "Any field may be left out. This page notices it the moment it exists.",
      command: post("", { name: "hello", stages: ["fetch", "encode"], payload: { file: "clip.mp4" } }),
    },
    { title: "Take it", why: "You are its producer now: the job runs.", command: post(`/${job}/ack`) },
    { title: "Report progress", why: "As often as you like; with a message, if there is one.", command: post(`/${job}/progress`, { percent: 65, message: "Encoding video" }) },
    {
      title: "Write a log line", why: "Strings, or objects with a level, a source and metadata.",
      command: post(`/${job}/logs`, [{ level: "warn", message: "fallback codec selected" }] as unknown as object),
    },
    { title: "Finish", why: "With any result. Viewers see it, and their streams end.", command: post(`/${job}/complete`, { result: { url: "https://cdn.example/clip.mp4" } }) },
  ];
}

/** How many steps of `firstJob` a job has behind it. */
export function stepsDone(job: { status: string; progress: number } | null): number {
  if (!job) return 0;
  if (job.status === "completed") return 6;
  if (job.status !== "running") return 2;
  return job.progress > 0 ? 4 : 3;
}
