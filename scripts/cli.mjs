// The command line's build: cli/ → the binary `jobcast`, unoptimized, for its tests.
import { printed, run, step } from "./step.mjs";

export async function buildCli() {
  await step("Build the command line", () => run("cargo", ["build", "--package", "jobcast-cli"]));
  const { target_directory: target } = JSON.parse(printed("cargo", "metadata", "--no-deps", "--format-version=1"));
  return `${target}/debug/jobcast`;
}
