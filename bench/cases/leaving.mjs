// Readers leave, and are known to have left before anything else is measured: the runtime notices by the second write after it.

const NOTICED = 3;

export async function leave(contender, job) {
  await contender.leave();
  for (let percent = 0; percent < NOTICED; percent += 1) await contender.report(job, percent);
}
