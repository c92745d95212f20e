// The job as its events tell it. Pure: an event in, the state changed; what it looks like is watch.js.
// It says again what the service does with the same events, so that the page never has to ask.

export const isOver = ({ status }) => ["completed", "failed", "cancelled"].includes(status);

/** Log lines are kept up to here; a page is no archive. */
const LINES_KEPT = 1_000;

export function fresh() {
  return { status: "unknown", percent: 0, stages: new Map(), sub: {}, lines: [], lastSeq: 0 };
}

/** `at` is the event's time in ms: ids are times. */
export function tell(state, name, data, at) {
  if (name === "job:snapshot") snapshot(state, data);
  else if (name === "job:started") started(state, data);
  else if (name === "job:progress") progress(state, data);
  else if (name === "job:log") logged(state, data);
  else if (name === "job:checkpoint") state.checkpoints = (state.checkpoints ?? 0) + 1;
  else if (name === "job:retry") retried(state, data);
  else if (name === "job:completed") ended(state, { status: "completed", percent: 100, result: data.result, at }, "done");
  else if (name === "job:failed") failed(state, data, at);
  else if (name.startsWith("stage:")) staged(state, data, at);
}

function snapshot(state, { stages, subProgress, progress: percent, ...job }) {
  Object.assign(state, job, { percent, sub: subProgress ?? {} });
  // A stage's start is not part of the snapshot: keep what an event told of it.
  const known = state.stages;
  state.stages = new Map(Object.entries(stages).map(([name, stage]) => [name, { startedAt: known.get(name)?.startedAt, ...stage }]));
}

function started(state, { attempt, startedAt }) {
  Object.assign(state, { status: "running", attempt, startedAt, percent: 0, message: null, sub: {}, error: null, retryAt: null });
}

function progress(state, { percent, message, subProgress }) {
  state.percent = percent;
  state.message = message ?? state.message;
  state.sub = subProgress ?? state.sub;
}

/** A reconnected stream may bring a line again that a replay from the start has brought. */
function logged(state, { lines }) {
  const news = lines.filter(({ seq }) => seq > state.lastSeq);
  if (news.length === 0) return;
  state.lastSeq = news.at(-1).seq;
  state.lines = [...state.lines, ...news].slice(-LINES_KEPT);
}

function retried(state, { attempt, retryAt, error }) {
  Object.assign(state, { status: "queued", attempt, retryAt, error });
  for (const stage of state.stages.values()) {
    if (stage.status === "running" || stage.status === "error") Object.assign(stage, { status: "pending", detail: undefined });
  }
}

function failed(state, { error, cancelled, reason }, at) {
  const why = reason ? `${error}: ${reason}` : error;
  ended(state, { status: cancelled ? "cancelled" : "failed", error: why, at }, cancelled ? "skipped" : "error");
}

function ended(state, { at, ...fields }, openStages) {
  Object.assign(state, fields, { retryAt: null, completedAt: new Date(at).toISOString() });
  for (const stage of state.stages.values()) if (stage.status === "running") stage.status = openStages;
}

function staged(state, { stage: name, type, detail, durationSec, reason, error }, at) {
  const stage = state.stages.get(name) ?? { status: "pending" };
  state.stages.set(name, stage);
  if (type === "start") Object.assign(stage, { status: "running", startedAt: at, detail, durationSec: undefined });
  else if (type === "complete") Object.assign(stage, { status: "done", detail: detail ?? stage.detail, durationSec });
  else if (type === "skipped") Object.assign(stage, { status: "skipped", detail: reason ?? detail });
  else if (type === "error") Object.assign(stage, { status: "error", detail: error ?? detail });
}
