// Who is measured beside Jobcast and its twin, where they serve. None promises what those two do; one that is not there is left out.
import { betterSse } from "./better-sse.mjs";
import { bullmq } from "./bullmq.mjs";
import { nchan } from "./nchan.mjs";

export const PEERS = [nchan, betterSse, bullmq];

/** What serves one of the purposes in `wanted`: `{peers, absent}`, those started, and for each of the others why not, in a sentence. */
export async function startPeers(wanted, known = PEERS) {
  const [peers, absent] = [[], []];
  for (const peer of known.filter(({ serves }) => wanted.has(serves))) {
    const why = peer.isInstalled() ? await started(peer, peers) : `it is not installed (${peer.howToInstall})`;
    if (why) absent.push(`${peer.name} was left out: ${why}.`);
  }
  return { peers, absent };
}

/** Into `peers`; or why it could not be. */
async function started(peer, peers) {
  try {
    peers.push(await peer.start());
    return undefined;
  } catch (error) {
    return error.message;
  }
}
