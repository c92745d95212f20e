// The examples of seed 003, to the letter. The tests change host, id and key, and nothing else.

/** “Subscribe”, as it stands there: on one line. */
export const EVENT_SOURCE = [
  "const es = new EventSource( `https://motioness.com/v1/${PK}/events/${ASSET_ID}`,);",
  "es.addEventListener('stage_completed', (e) => { const data = JSON.parse(e.data);",
  " console.log(`stage ${data.stage} done in ${data.latency_ms}ms`);});",
  "es.addEventListener('ready', () => { console.log('mp4 hot'); es.close();});",
  "es.addEventListener('failed', (e) => { console.error(JSON.parse(e.data)); es.close();});",
].join("");

/** “Reconnect with Last-Event-ID”. */
export const FETCH =
  "const headers = lastSeenId ? { 'Last-Event-ID': String(lastSeenId) } : {};const res = await fetch(url, { headers });";

/** “Auth-gated streams”; the page lost the line break after the backslash, without which no shell takes it. */
export const CURL = String.raw`curl -N -b "better-auth.session_token=…" \
"https://motioness.com/api/projects/$PROJECT_ID/activity"`;
