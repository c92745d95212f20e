import { createEventSource } from "eventsource-client";
import { mode, over, tell, url } from "./tell.mjs";

// As it comes it takes every answer for a stream, and comes back to a refusal for ever: what is final must be closed here.
const refusing = async (...request) => {
  const response = await fetch(...request);
  const { status } = response;
  if (status >= 400 && status < 500 && status !== 429) {
    source.close();
    over(status);
  }
  return response;
};

const source = createEventSource({
  url,
  fetch: mode === "plain" ? fetch : refusing,
  onMessage: ({ event, id, data }) => tell(event, id, data),
  onDisconnect: () => setImmediate(() => source.readyState === "closed" && over("closed")),
});
