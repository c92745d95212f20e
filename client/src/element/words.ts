// What <job-progress> says, to the eye and to the ear.
import type { JobView } from "../fold.js";
import type { LiveJobState } from "../live-job.js";

export interface Words {
  title: string;
  /** Undefined while nobody knows. */
  value: number | undefined;
  status: string;
  /** Under the bar. */
  said: string;
  /** The bar's `aria-valuetext`. */
  heard: string;
  /** Announced; empty until the end. */
  ended: string;
}

export function words(state: LiveJobState | undefined, label: string | null): Words {
  const job = state?.job;
  const status = job?.status ?? "unknown";
  const value = job && status !== "queued" ? job.progress : undefined;
  const said = saying(state, job);
  const percent = value === undefined || job?.status === "completed" ? "" : `${Math.floor(value)} %`;
  const over = ["completed", "failed", "cancelled"].includes(status) || state?.ending?.reason === "refused";
  return {
    title: label ?? job?.topic ?? job?.name ?? job?.filePath ?? "Job",
    value, status, said,
    heard: [percent, said].filter(Boolean).join(", "),
    ended: over ? said : "",
  };
}

function saying(state: LiveJobState | undefined, job: JobView | undefined): string {
  if (!state) return "No job";
  if (state.ending?.reason === "refused") return refusal(state.ending.error);
  if (!job) return state.connection === "offline" ? "Offline, trying again" : "Connecting";
  const now = present(job);
  return state.connection === "offline" ? `${now} (offline, trying again)` : now;
}

function present(job: JobView): string {
  switch (job.status) {
    case "queued":
      return job.attempt > 1 ? `Waiting for attempt ${job.attempt} of ${job.maxAttempts}` : "Waiting";
    case "running":
      return job.message ?? stageNow(job) ?? "Running";
    case "completed":
      return "Completed";
    case "failed":
      return `Failed: ${job.error ?? "no reason given"}`;
    case "cancelled":
      return "Cancelled";
  }
}

const stageNow = ({ stages }: JobView) => Object.keys(stages).findLast((name) => stages[name]?.status === "running");

function refusal(error: Error & { status?: number }): string {
  if (error.status === 401) return "This link is no longer valid";
  if (error.status === 404) return "There is no such job";
  return error.message;
}
