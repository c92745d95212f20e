// Lines of a log, in batches.
import { batches, GZIP, gzipped, JSON_TYPE, plain } from "./bodies.mjs";

const CONNECTIONS = 4;

export const logs = [1, 100, 1_000].flatMap((size) => [["plain", plain, JSON_TYPE], ["gzip", gzipped, GZIP]].map(([form, render, headers]) => ({
  title: `log lines, batches of ${size.toLocaleString("en")}, ${form}`,
  goals: size === 1_000 ? { "lines a second": { least: 3 } } : {},
  async prepare(contender) {
    const [job] = await contender.running(1);
    return { connections: CONNECTIONS, paths: [`/api/v1/jobs/${job}/logs`], bodies: batches(size).map(render), headers };
  },
  async round(contender, load, milliseconds) {
    const { answers, ms } = await contender.produce({ ...load, milliseconds });
    return { figures: { "lines a second": (answers * size / ms) * 1_000 }, units: answers * size, unit: "line" };
  },
})));
