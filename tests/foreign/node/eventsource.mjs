import { EventSource } from "eventsource";
import { mode, NAMES, over, tell, url } from "./tell.mjs";

// While it waits to come back, it does not keep Node alive: a program that does nothing else would end at the first cut.
if (mode !== "plain") setInterval(() => {}, 60_000);

const source = new EventSource(url);
for (const name of NAMES) source.addEventListener(name, (event) => tell(name, event.lastEventId, event.data));
source.addEventListener("error", (event) => {
  if (source.readyState === EventSource.CLOSED) over(event.code ?? "closed");
});
