// The state on the page. Only text is ever set, never markup: what a producer writes cannot become part of the page.
import { isOver } from "./story.js";

const at = (id) => document.getElementById(id);
const CONNECTION = { connecting: "Connecting…", live: "Live", reconnecting: "Reconnecting…", ended: "Ended", broken: "Not connected" };
const MARKS = { pending: "○", running: "◐", done: "✓", skipped: "–", error: "✕" };
const PROBLEMS = {
  401: ["No permission", "This job is not public, or the link has expired: get a new one."],
  403: ["No permission", "This link does not allow watching this job."],
  404: ["Unknown job", "There is no such job: check the id. It may have been deleted."],
};
const LINES_SHOWN = 1_000;
/** What was drawn last, to tell what is new. */
const drawn = { seq: 0, stages: {}, status: null };

export function render(state) {
  const seen = state.status !== "unknown";
  at("ask").hidden = state.connection !== "idle";
  at("job").hidden = !seen;
  at("page").dataset.status = state.status;
  heading(state, seen);
  problem(state.problem);
  if (!seen) return;
  overall(state);
  parts(state);
  stages(state.stages);
  log(state);
  outcome(state);
}

function heading({ topic, name, id, attempt, maxAttempts, percent, status, connection }, seen) {
  const title = topic || name || id || "Watch a job";
  at("title").textContent = title;
  at("subtitle").textContent = seen ? `${id} · attempt\u00a0${attempt}\u00a0of\u00a0${maxAttempts}` : title === id ? "" : id ?? "";
  document.title = seen ? `${status === "running" ? `${Math.floor(percent)} %` : status} · ${title}` : title;
  set(at("connection"), CONNECTION[connection]);
  at("connection").dataset.state = connection;
  at("connection").hidden = connection === "idle";
}

function problem(found) {
  at("problem").hidden = !found;
  if (!found) return;
  const [title, text] = PROBLEMS[found.status] ?? ["This did not work", found.error ?? `The service answered ${found.status}.`];
  set(at("problem-title"), title);
  set(at("problem-text"), text);
}

function overall({ percent, message, status, retryAt, attempt }) {
  at("overall").value = percent;
  at("percent").textContent = `${Math.floor(percent)} %`;
  const waits = retryAt ? `Attempt ${attempt} begins at ${clock(retryAt)}` : "Waiting for a producer";
  at("message").textContent = status === "queued" ? waits : message ?? "";
}

/** Of the parts only those of stages that run: the others are told by the stages themselves. */
function parts({ status, sub, stages }) {
  const runs = (name) => status === "running" && (stages.get(name)?.status ?? "running") === "running";
  const open = Object.entries(sub).filter(([name]) => runs(name));
  at("sub").hidden = open.length === 0;
  fill(at("sub"), open.length, () => element("li", {}, element("span"), element("progress", { max: 100 }), element("span", { className: "share" })));
  open.forEach(([name, { percent, message }], index) => {
    const [label, bar, share] = at("sub").children[index].children;
    label.textContent = name;
    bar.value = percent;
    bar.setAttribute("aria-label", message ? `${name}: ${message}` : name);
    share.textContent = `${Math.floor(percent)} %`;
  });
}

function stages(all) {
  at("no-stages").hidden = all.size > 0;
  const parts = ["mark", "name", "detail", "took", "unseen"];
  fill(at("stages"), all.size, () => element("li", {}, ...parts.map((className) => element("span", { className }))));
  [...all].forEach(([name, stage], index) => {
    const row = at("stages").children[index];
    const [mark, label, detail, took, status] = row.children;
    row.dataset.status = stage.status;
    set(mark, MARKS[stage.status]);
    mark.ariaHidden = "true";
    set(label, name);
    set(detail, stage.detail ?? "");
    set(took, duration(stage));
    set(status, stage.status);
    announce(name, stage.status);
  });
}

/** Once for each change, in words. */
function announce(name, status) {
  if (drawn.stages[name] === status) return;
  const first = !(name in drawn.stages);
  drawn.stages[name] = status;
  if (!first) at("news").textContent = `${name}: ${status}`;
}

function duration({ status, durationSec, startedAt }) {
  if (status === "running" && startedAt) return `${Math.max(0, (Date.now() - startedAt) / 1000).toFixed(0)} s`;
  return durationSec === undefined || durationSec === null ? "" : `${durationSec.toFixed(1)} s`;
}

function log(state) {
  const { lines, hasToken } = state;
  const box = at("log");
  const follow = at("follow").checked;
  // Who does not follow is not read to either.
  box.ariaLive = follow ? "polite" : "off";
  const news = lines.filter(({ seq }) => seq > drawn.seq);
  if (news.length > 0) {
    drawn.seq = news.at(-1).seq;
    box.append(...news.map(line));
    while (box.children.length > LINES_SHOWN) box.firstElementChild.remove();
    if (follow) box.scrollTop = box.scrollHeight;
  }
  const silent = !hasToken ? "Log lines need a link with a token that may read them." : isOver(state) ? "There are no log lines." : "No log lines yet.";
  at("no-lines").hidden = drawn.seq > 0;
  at("follow").parentElement.hidden = drawn.seq === 0;
  set(at("no-lines"), silent);
}

const line = ({ level, message, timestamp, source }) =>
  element("p", { title: source ?? "" }, element("time", { dateTime: timestamp, textContent: clock(timestamp) }), element("span", { textContent: message }), { level });

const OUTCOMES = { completed: ["Completed", "good"], failed: ["Failed", "bad"], cancelled: ["Cancelled", ""], queued: ["The last attempt failed", "bad"] };

function outcome({ status, error, result, startedAt, completedAt, id }) {
  const [title, kind] = OUTCOMES[status] ?? [];
  at("outcome").hidden = !title || (status === "queued" && !error);
  if (at("outcome").hidden) return;
  const took = status === "completed" && startedAt ? ` in ${((new Date(completedAt) - new Date(startedAt)) / 1000).toFixed(1)} s` : "";
  at("outcome").className = `notice ${kind}`;
  set(at("outcome-title"), title + took);
  set(at("outcome-text"), status === "completed" ? "" : error ?? "");
  if (drawn.status === status) return;
  drawn.status = status;
  at("news").textContent = `Job ${status}`;
  results(status === "completed" ? result : null, id);
}

/** The video lies where serve.mjs finds it; watched from elsewhere there is none to show. */
function results(result, id) {
  const fields = result && typeof result === "object" ? Object.entries(result) : result ? [["result", result]] : [];
  const value = (entry) => (typeof entry === "string" ? entry : JSON.stringify(entry));
  at("result").replaceChildren(...fields.flatMap(([name, entry]) => [element("dt", { textContent: name }), element("dd", { textContent: value(entry) })]));
  const made = (path) => `/videos/${id}/${String(path).split(/[\\/]/).at(-1)}`;
  const video = at("video");
  if (!result?.output) return void (video.hidden = true);
  video.onerror = () => (video.hidden = true);
  Object.assign(video, { hidden: false, src: made(result.output), poster: made(result.thumbnail) });
}

function fill(list, count, make) {
  while (list.children.length < count) list.append(make());
  while (list.children.length > count) list.lastElementChild.remove();
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  for (const child of children) child instanceof Node ? made.append(child) : Object.assign(made.dataset, child);
  return made;
}

/** Setting the same text again would be read aloud again. */
function set(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

const clock = (time) => new Date(time).toLocaleTimeString([], { hour12: false });
