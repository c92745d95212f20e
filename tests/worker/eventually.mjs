// For what the service promises to do by itself, and tells no stream: asks again until it has happened.
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves to the first answer of `ask` that `test` accepts; a promise that is not kept within `seconds` fails. */
export async function eventually(what, ask, test, seconds = 20) {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (test(answer)) return answer;
    if (Date.now() > end) throw new Error(`Not within ${seconds} s: ${what}. Last: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}
