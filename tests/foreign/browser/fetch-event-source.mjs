import { fetchEventSource } from "@microsoft/fetch-event-source";

class Final extends Error {}

export function follow(url, { tell, over, mode }) {
  let cursor;
  const onmessage = ({ event, id, data }) => {
    cursor = id || cursor;
    if (data) tell(event, id, data); // what sets only the wait or the cursor comes here too
  };
  const careful = { onopen, onclose, onerror, fetch: (input, init) => fetch(input, from(cursor, init)), openWhenHidden: true };
  const settings = mode === "plain" ? {} : careful;
  fetchEventSource(url, { onmessage, ...settings }).then(() => over("resolved"), (error) => over(error.message));
}

/** As it comes, it asks for what follows the id that it read last, even if the event of that id was cut. */
function from(cursor, { headers: { "last-event-id": ahead, ...headers }, ...init }) {
  return { ...init, headers: cursor ? { ...headers, "last-event-id": cursor } : headers };
}

/** As it comes, it takes 204 and refusals for failures, and repeats the request for ever. */
async function onopen({ status }) {
  if (status === 204 || (status >= 400 && status < 500 && status !== 429)) throw new Final(status);
  if (status !== 200) throw new Error(status);
}

/** As it comes, it is content when the service closes at the cap. */
function onclose() {
  throw new Error("come back");
}

function onerror(error) {
  if (error instanceof Final) throw error;
}
