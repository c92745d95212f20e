// What others wrote that goes into this: licences, sources, duplicates, known holes. A check that could not be made is told at
// the end, and is a failure where ADVISORIES=required says so.
import { Crates } from "./dependencies/crates.mjs";
import { lockedPackages, packageAdvisories, refusedPackages } from "./dependencies/packages.mjs";
import { CLEAN, FOUND, UNREACHABLE } from "./dependencies/verdict.mjs";
import { prepareCargoDeny } from "./toolchain.mjs";

const MARKS = { [CLEAN]: "✓", [FOUND]: "✗", [UNREACHABLE]: "!" };

/** A tally, with `unchecked`: what could not be looked up. */
export async function checkDependencies({ tools = false } = {}) {
  const crates = new Crates(await prepareCargoDeny());
  const refused = refusedPackages(lockedPackages());
  return tallied({
    "Crates: licences, sources, bans, duplicates": crates.rules(),
    "Crates: known holes (RustSec)": crates.advisories(),
    "npm packages: licences of what is shipped, sources": { verdict: refused.length > 0 ? FOUND : CLEAN, told: refused.join("\n") },
    [`npm packages: known holes in what is shipped${tools ? ", and grave ones in the tools" : ""}`]: await packageAdvisories({ tools }),
  });
}

function tallied(checks) {
  const failing = process.env.ADVISORIES === "required" ? [FOUND, UNREACHABLE] : [FOUND];
  const tally = { passed: 0, failed: 0, unchecked: [] };
  for (const [title, { verdict, told }] of Object.entries(checks)) {
    console.log(`${MARKS[verdict]} ${title}: ${verdict === UNREACHABLE ? "NOT CHECKED, nobody answered" : verdict}`);
    if (verdict !== CLEAN) console.log(told);
    if (failing.includes(verdict)) tally.failed++;
    else if (verdict === UNREACHABLE) tally.unchecked.push(title);
    else tally.passed++;
  }
  return tally;
}
