// The command line's build: cli/ → the binary `jobcast`, unoptimized, for its tests.
import { printed, run, step } from "./step.mjs";

/** Only what cargo finds changed. Symbols would double the time and help nobody here. */
export const WITHOUT_SYMBOLS = { ...process.env, CARGO_PROFILE_DEV_DEBUG: "0" };

export async function buildCli() {
  await step("Build the command line", () => run("cargo", ["build", "--package", "jobcast-cli"], { env: WITHOUT_SYMBOLS }));
  const { target_directory: target } = JSON.parse(printed("cargo", "metadata", "--no-deps", "--format-version=1"));
  return `${target}/debug/jobcast`;
}
