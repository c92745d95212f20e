// What the queue view and the asset view make of a job's log: the contract's tables, for the tests to check the streams against.

const QUEUE = {
  "job.created": "job:created", "job.started": "job:started", "job.retry_scheduled": "job:retry", "job.retried": "job:retry",
  "job.completed": "job:completed", "job.failed": "job:error", "job.cancelled": "job:cancelled",
};

const LIFE = {
  "job.created": "queued", "job.retry_scheduled": "retry_scheduled", "job.retried": "retry_scheduled", "job.completed": "ready",
  "job.failed": "failed", "job.cancelled": "cancelled",
};
const PHASES = { "stage.started": "started", "stage.completed": "completed", "stage.failed": "failed" };
const WEBHOOK = ["dispatched", "delivered", "failed", "dead_letter"];

/** Seed 003, “Event types”: the closed enum. */
export const ASSET_EVENTS = [
  "queued", "vision_started", "vision_completed", "vision_failed", "stage_started", "stage_completed", "stage_failed", "retry_scheduled",
  "r2_write_completed", "webhook_dispatched", "webhook_delivered", "webhook_failed", "webhook_dead_letter", "ready", "failed", "cancelled",
];

/** The names of a log's lifecycle events on `/queue/events`; progress, which may be conflated, is left out. */
export const queueNames = (log) => log.flatMap((event) => QUEUE[event.type] ?? []);

/** The names of a log's events in the asset view. */
export const assetNames = (log) => log.flatMap((event) => assetName(event) ?? []);

function assetName({ type, data }) {
  if (LIFE[type]) return LIFE[type];
  if (type === "stage.reported" && data.stage === "webhook" && WEBHOOK.includes(data.type)) return `webhook_${data.type}`;
  const phase = PHASES[type];
  if (!phase) return undefined;
  if (data.stage === "vision") return `vision_${phase}`;
  return data.stage === "r2_write" && phase === "completed" ? "r2_write_completed" : `stage_${phase}`;
}
