import { EventSourcePolyfill } from "event-source-polyfill";
import { listen } from "./listen.mjs";

export const follow = (url, { tell, over }) => listen(new EventSourcePolyfill(url), tell, over);
