// A fresh job in each state of the contract, by the shortest way that leads there.
const LATER = () => new Date(Date.now() + 3_600_000).toISOString();

export const STATES = {
  scheduled: (project) => project.create({ scheduledFor: LATER() }),
  pending: (project) => project.create(),
  delivered: (project) => project.create().then(after("claim")),
  running: (project) => project.running(),
  completed: (project) => project.running().then(after("complete")),
  failed: (project) => project.running().then(after("fail", { error: "disk full", retry: false })),
  cancelled: (project) => project.create().then(after("kill")),
};

const after = (part, json) => async (job) => {
  await job.report(part, json);
  return job;
};
