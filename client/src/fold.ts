// What a job's events make of it, so that a page need not know their names: snapshot in, events on top.
// The same rules as the service's own fold: after any event, the view is what a snapshot would say.
import type { JobEvent, JobSnapshot, LogLine, Stage, StageReport } from "./types.js";

export interface JobView extends JobSnapshot {
  /** The newest lines, oldest first; only with `jobs:read`. */
  logs: readonly LogLine[];
}

const LINES = 1_000;

/** Never changes `view`: what did not change is the same object. Undefined until there was a snapshot. */
export function foldJob(view: JobView | undefined, event: JobEvent): JobView | undefined {
  if (event.type === "job:snapshot") return { ...event.data, logs: view?.logs ?? [] } as JobView;
  if (event.type === "reset") return undefined;
  if (view === undefined) return undefined;
  return { ...view, ...changes(view, event) } as JobView;
}

type Changes = Partial<JobView>;

function changes(view: JobView, event: Exclude<JobEvent, { type: "job:snapshot" | "reset" }>): Changes {
  switch (event.type) {
    case "job:started":
      return {
        status: "running", attempt: event.data.attempt, startedAt: event.data.startedAt, scheduledFor: null, completedAt: null,
        progress: 0, message: null, subProgress: null, error: null, errorCode: null,
      };
    case "job:progress": {
      const { percent, message, subProgress } = event.data;
      return { progress: percent, message: message ?? view.message, subProgress: subProgress ?? view.subProgress };
    }
    case "job:retry": {
      const { attempt, retryAt, error, code, manual } = event.data;
      const waiting = { status: "queued", attempt, completedAt: null, stages: withStages(view, (stage) => open(stage) ?? { status: "pending" }) } as const;
      if (manual) return { ...waiting, scheduledFor: null, maxAttempts: Math.max(view.maxAttempts, attempt) };
      return { ...waiting, scheduledFor: retryAt, error: error ?? null, errorCode: code ?? null };
    }
    case "job:log":
      return { logs: [...view.logs, ...event.data.lines].slice(-LINES) };
    case "job:completed":
      return { ...ended("completed", event.id), progress: 100, result: event.data.result ?? null, stages: closed(view, "done") };
    case "job:failed":
      if (event.data.cancelled) return { ...ended("cancelled", event.id), stages: closed(view, "skipped") };
      return { ...ended("failed", event.id), error: event.data.error, errorCode: event.data.code ?? null, stages: closed(view, "error") };
    case "job:checkpoint":
    case "job:event":
      return {};
    default:
      return { stages: { ...view.stages, [event.data.stage]: stageAfter(view.stages[event.data.stage], event.data) } };
  }
}

/** Ids are times. */
const ended = (status: JobView["status"], id: string) => ({ status, completedAt: new Date(Number(id)).toISOString(), scheduledFor: null });

const withStages = (view: JobView, change: (stage: Stage) => Stage) =>
  Object.fromEntries(Object.entries(view.stages).map(([name, stage]) => [name, change(stage)]));

/** A stage that the next attempt need not do again, as it is. */
const open = (stage: Stage) => (stage.status === "running" || stage.status === "error" ? undefined : stage);

/** No stage goes on running in a job that has ended. */
const closed = (view: JobView, status: Stage["status"]) =>
  withStages(view, (stage) => (stage.status === "running" ? { ...stage, status } : stage));

function stageAfter(stage: Stage = { status: "pending" }, { type, detail, durationSec, reason, error }: StageReport): Stage {
  const told = (text: string | undefined, keep?: string): Pick<Stage, "detail"> => (text || keep ? { detail: text || keep } : {});
  switch (type) {
    case "start":
      return { status: "running", ...told(detail) };
    case "complete":
      return { status: "done", ...told(detail, stage.detail), ...(durationSec !== undefined && { durationSec }) };
    case "skipped":
      return { ...without(stage), status: "skipped", ...told(reason || detail) };
    case "error":
      return { ...without(stage), status: "error", ...told(error || detail) };
    default:
      return stage.status === "pending" ? { ...stage, status: "running" } : stage;
  }
}

const without = ({ detail: _, ...stage }: Stage): Stage => stage;
