// Every invariant of the core, in 5,000 seeds of a simulated cloud that fails at every point · about 5 min on two cores.
// SIMULATION_SEEDS: another number. A seed that fails names itself; docs/SIMULATION.md says how to see it again.
import { attempt, program } from "../../scripts/step.mjs";

const SEEDS = process.env.SIMULATION_SEEDS ?? "5000";

await program(async () => {
  process.exit(await attempt("cargo", ["test", "--release", "--test", "simulation"], { env: { ...process.env, SIMULATION_SEEDS: SEEDS } }));
});
