// npm run torture [-- name…]: the long forms, each a program of its own in tests/torture, one after the other, and a table at the
// end. `-- --list` says what each shows. A form tells in its head comment what it shows and “about N min”; it starts what it needs,
// and ends with 0 when all held, with 2 when part of it could not be tried here, with anything else when something did not hold.
import { buildDashboard } from "./dashboard.mjs";
import { at, NODE, PINNED_ENV } from "./paths.mjs";
import { attempt, program, seconds } from "./step.mjs";
import { chosenForms, formsIn, listed, verdictOn } from "./torture/forms.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker } from "./worker.mjs";

await program(async () => {
  const names = process.argv.slice(2);
  const forms = formsIn(at("tests", "torture"));
  if (names.includes("--list")) return console.log(listed(forms));
  const chosen = chosenForms(forms, names);
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  const table = [];
  for (const { name, shows, path } of chosen) {
    const began = performance.now();
    console.log(`\n▸ ${name}: ${shows} …`);
    const code = await attempt(NODE, [path], { env: PINNED_ENV });
    table.push({ form: name, verdict: verdictOn(code), time: seconds(began) });
  }
  console.table(table);
  process.exit(table.every(({ verdict }) => verdict !== "FAILED") ? 0 : 1);
});
