// How the line to the service is: always in sight, in words, with the event it went on from.
import { useStore } from "../live/store.ts";
import { connection as feed, resets } from "../live/feed.ts";
import type { Store } from "../live/store.ts";
import type { Connection, Phase } from "../live/watched.ts";
import { clock } from "../model/format.ts";

const WORDS: Record<Phase, string> = { connecting: "Connecting", "catching-up": "Catching up", live: "Live", offline: "Offline", ended: "Ended", refused: "Refused" };

/** An event's id is its time, and what a person recognises of it is the time. */
const place = (cursor: string): string => (Number(cursor) > 0 ? clock(Number(cursor)) : "the beginning");

function detail({ phase, cursor, resumedFrom, status }: Connection): string {
  if (phase === "offline") return cursor ? `will resume after event ${cursor} (${place(cursor)})` : "will connect when the network is back";
  if (phase === "refused") return `the service answered ${status}`;
  if (phase === "ended") return "nothing more will come";
  if (resumedFrom) return `resumed from event ${resumedFrom} (${place(resumedFrom)})`;
  return Number(cursor) > 0 ? `last event at ${place(cursor)}` : "";
}

/** As much of it as a chip has room for. */
function brief({ phase, cursor, resumedFrom }: Connection): string {
  if (phase === "offline") return Number(cursor) > 0 ? `since ${place(cursor)}` : "";
  return phase !== "ended" && phase !== "refused" && resumedFrom ? `from ${place(resumedFrom)}` : "";
}

export function ConnectionState({ of = feed, chip }: { of?: Store<Connection>; chip?: boolean }) {
  const now = useStore(of);
  const reset = useStore(resets);
  const more = detail(now) + (reset > 0 && of === feed ? " · list reloaded after a gap" : "");
  return (
    <div class={`conn ${chip ? "chip" : ""}`} title={more} data-phase={now.phase} data-resumed={now.resumedFrom}>
      <span class={`lamp ${now.phase}`} aria-hidden="true" />
      <b role="status">{WORDS[now.phase]}</b>
      {!chip && more && <small>{more}</small>}
      {chip && brief(now) && <small aria-hidden="true">{brief(now)}</small>}
      {chip && <span class="sr">{more}</span>}
    </div>
  );
}
