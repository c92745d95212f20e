// One job that goes through everything that a producer can report: in the asset view all of the enum but `cancelled`.

/** A job for `runWhole`, under a name that no other test polls for. */
export const wholeJob = (project) =>
  project.create({ name: crypto.randomUUID(), stages: ["vision", "encode"], payload: { secret: 1 }, meta: { secret: 1 } });

/** Reports it all, through three attempts to the end. What a reader of the public part may not see says “secret”. */
export async function runWhole(job) {
  const stage = async (name, ...types) => {
    for (const type of types) await job.report(`stages/${name}`, { type, error: "x", secret: 2 });
  };
  await job.report("ack");
  await job.report("progress", { percent: 10, message: "secret" });
  await stage("vision", "start", "results", "complete", "error");
  await stage("encode", "start", "score", "asset", "complete", "error", "ready", "failed", "dead_letter");
  await stage("critic", "skipped");
  await job.report("checkpoint", { secret: 3 });
  await job.report("event", { type: "ready", secret: 4 });
  await job.report("logs", ["secret"]);
  await job.report("keepalive");
  await stage("r2_write", "start", "complete", "error", "delivered");
  await stage("webhook", "dispatched", "failed", "delivered", "dead_letter", "queued", "skipped");
  await job.report("fail", { error: "disk full" });
  await job.project.polled({ names: [job.created.name], waitSeconds: 20 });
  await job.report("ack");
  await job.report("fail", { error: "disk full", retry: false });
  await job.report("retry");
  await job.report("ack");
  await job.report("complete", { result: { secret: 5 } });
}
