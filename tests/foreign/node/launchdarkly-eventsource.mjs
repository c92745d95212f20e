import { EventSource } from "launchdarkly-eventsource";
import { NAMES, over, tell, url } from "./tell.mjs";

const source = new EventSource(url);
for (const name of NAMES) source.addEventListener(name, (event) => tell(name, event.lastEventId, event.data));
source.addEventListener("error", () => {}); // without a listener an error is thrown
source.addEventListener("closed", () => over("closed"));
