// Watches one job with a plain EventSource: ?job=…, and if need be &token=… and &url=… (the service, if not this origin).
import { fresh, isOver, tell } from "./story.js";
import { render } from "./render.js";

const asked = new URLSearchParams(location.search);
const [job, token, base] = [asked.get("job")?.trim(), asked.get("token")?.trim(), asked.get("url") ?? ""];

const NAMES = ["job:snapshot", "job:started", "job:progress", "job:retry", "job:checkpoint", "job:log", "job:completed", "job:failed"];
const RETRY_MS = 3_000;

const state = { ...fresh(), id: job, hasToken: Boolean(token), connection: job ? "connecting" : "idle" };
let cursor = "0";
show();
if (job) open();

/** From the beginning of the log, so that a page opened late tells the whole story. From then on the browser keeps the cursor. */
function open() {
  const source = new EventSource(address({ lastEventId: cursor }));
  const listening = new Set();
  const listen = (names) => {
    for (const name of names.filter((name) => !listening.has(name))) {
      listening.add(name);
      source.addEventListener(name, (event) => happened(source, name, event, listen));
    }
  };
  listen([...NAMES, "reset"]);
  source.onopen = () => connection("live");
  source.onerror = () => broken(source);
}

function happened(source, name, event, listen) {
  if (event.lastEventId) cursor = event.lastEventId;
  const data = JSON.parse(event.data);
  // An EventSource has no “all events”: the stages' names are known from the snapshot on.
  if (name === "job:snapshot") listen(Object.keys(data.stages).map((stage) => `stage:${stage}`));
  tell(state, name, data, Number(event.lastEventId));
  show();
}

/** The service ends the stream after the last event. Its end, not the event, is the sign: a replay tells old failures too, and goes on. */
function broken(source) {
  if (isOver(state)) {
    source.close();
    return connection("ended");
  }
  if (source.readyState === EventSource.CLOSED) return refused();
  connection("reconnecting");
}

/** The EventSource gave up and does not say why: ask as one asks for JSON. A service that is away will be back. */
async function refused() {
  connection("reconnecting");
  const answer = await fetch(address({ limit: "1" }), { headers: { accept: "application/json" } }).catch(() => null);
  if (answer && answer.status < 500 && answer.status !== 429 && !answer.ok) {
    state.problem = { status: answer.status, error: (await answer.json().catch(() => ({}))).error };
    return connection("broken");
  }
  setTimeout(open, RETRY_MS);
}

function address(query) {
  const parameters = new URLSearchParams({ ...query, ...(token && { token }) });
  return `${base.replace(/\/$/, "")}/api/v1/jobs/${encodeURIComponent(job)}/events?${parameters}`;
}

function connection(word) {
  state.connection = word;
  show();
}

/** Many events may come at once, after a pause above all: they are drawn together. */
function show() {
  state.dirty ??= requestAnimationFrame(() => {
    state.dirty = undefined;
    render(state);
  });
}

// A running stage's clock.
setInterval(() => state.status === "running" && show(), 1_000);
