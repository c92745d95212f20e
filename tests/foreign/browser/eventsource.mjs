import { listen } from "./listen.mjs";

export const follow = (url, { tell, over }) => listen(new EventSource(url), tell, over);
