// Readers of a job, how they leave, and how others take their place.

/** Reports after which a runtime knows that readers have left: by the second write. */
const NOTICED = 3;
/** Streams end after five minutes: those that are older than this might not last another round. */
const OLD_MS = 150_000;

/** So many readers of a job of their own. `expected` is how many frames they should have had. */
export async function gather(contender, subscribers) {
  const [job] = await contender.running(1);
  return watch(contender, job, subscribers);
}

export async function watch(contender, job, subscribers) {
  await contender.watch(contender.eventsOf(job), subscribers);
  return { job, subscribers, expected: 0, since: performance.now() };
}

/** They are known to have left before anything else is measured. */
export async function leave(contender, job) {
  await contender.leave();
  for (let percent = 0; percent < NOTICED; percent += 1) await contender.report(job, percent);
}

/** Before a round: how long the others took since the last one is not for these readers to say. */
export async function renew(contender, crowd) {
  if (performance.now() - crowd.since < OLD_MS) return;
  await leave(contender, crowd.job);
  Object.assign(crowd, await gather(contender, crowd.subscribers));
}
