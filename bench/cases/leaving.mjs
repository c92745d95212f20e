// Readers leave, and are known to have left before anything else is measured: the runtime notices by the second write after it.

const NOTICED = 3;

export async function leave(contender, job) {
  await contender.readers.order("leave", { how: "finish" });
  for (let report = 0; report < NOTICED; report += 1) await contender.producer.report(job, "progress", { percent: report });
}
