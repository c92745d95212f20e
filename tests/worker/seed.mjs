// The examples of seeds 001 and 004, to the letter. The tests change host, id and key, and nothing else.

export const CURLS = {
  progress: String.raw`curl -X POST https://emit.run/api/v1/jobs/$JOB_ID/progress \
-H "x-api-key: $EMIT_KEY" \
-H "Content-Type: application/json" \
-d '{
"percent": 65,
"message": "Encoding video",
"subProgress": {
"download": { "percent": 100, "message": "Source fetched" },
"transcode": { "percent": 42, "message": "Pass 1/2" }
}
}'`,
  checkpoint: String.raw`curl -X POST https://emit.run/api/v1/jobs/$JOB_ID/checkpoint \
-H "x-api-key: $EMIT_KEY" \
-H "Content-Type: application/json" \
-d '{"checkpoint": "processed_frames", "count": 1500, "last_offset": 45000}'`,
  event: String.raw`curl -X POST https://emit.run/api/v1/jobs/$JOB_ID/event \
-H "x-api-key: $EMIT_KEY" \
-H "Content-Type: application/json" \
-d '{"phase":"encoder","host":"worker-3","note":"switched bitrate ladder"}'`,
  keepalive: String.raw`curl -X POST https://emit.run/api/v1/jobs/$JOB_ID/keepalive \
-H "x-api-key: $EMIT_KEY"`,
  logs: String.raw`curl -X POST https://emit.run/api/v1/jobs/$JOB_ID/logs \
-H "x-api-key: $EMIT_KEY" \
-H "Content-Type: application/json" \
-d '{
"logs": [
{ "level": "info", "message": "worker boot" },
{ "level": "warn", "message": "fallback codec selected" },
"done with preflight"
]
}'`,
  gzip: String.raw`printf '%s\n' \
'{"level":"debug","message":"started"}' \
'{"level":"error","message":"disk full"}' \
| gzip \
| curl -X POST https://emit.run/api/v1/jobs/$JOB_ID/logs \
-H "x-api-key: $EMIT_KEY" \
-H "Content-Type: application/x-ndjson" \
-H "Content-Encoding: gzip" \
--data-binary @-`,
};

export const FETCHES = {
  progress: `await fetch(\`\${API}/jobs/\${jobId}/progress\`, {
method: "POST",
headers: { "x-api-key": key, "Content-Type": "application/json" },
body: JSON.stringify({
percent: 65,
message: "Encoding video",
subProgress: {
download: { percent: 100, message: "Source fetched" },
transcode: { percent: 42, message: "Pass 1/2" },
},
}),
});`,
  checkpoint: `await fetch(\`\${API}/jobs/\${jobId}/checkpoint\`, {
method: "POST",
headers: { "x-api-key": key, "Content-Type": "application/json" },
body: JSON.stringify({
checkpoint: "processed_frames",
count: 1500,
last_offset: 45000,
}),
});`,
  event: `await fetch(\`\${API}/jobs/\${jobId}/event\`, {
method: "POST",
headers: { "x-api-key": key, "Content-Type": "application/json" },
body: JSON.stringify({
phase: "encoder",
host: "worker-3",
note: "switched bitrate ladder",
}),
});`,
  keepalive: `const interval = setInterval(async () => {
await fetch(\`\${API}/jobs/\${jobId}/keepalive\`, {
method: "POST",
headers: { "x-api-key": key },
});
}, 60_000);
try {
await doLongRunningWork();
await fetch(\`\${API}/jobs/\${jobId}/complete\`, { method: "POST", headers });
} finally {
clearInterval(interval);
}`,
  logs: `await fetch(\`\${API}/jobs/\${jobId}/logs\`, {
method: "POST",
headers: { "x-api-key": key, "Content-Type": "application/json" },
body: JSON.stringify({
logs: [
{ level: "info", message: "worker boot" },
{ level: "debug", message: "download 42%" },
],
}),
});`,
};

export const EVENT_SOURCE = `const eventSource = new EventSource('/api/v1/jobs/1/events');
eventSource.addEventListener('job:snapshot', (e) => {
const meta = JSON.parse(e.data);
console.log('Current state:', meta.status);
});
eventSource.addEventListener('stage:research', (e) => {
const data = JSON.parse(e.data);
if (data.type === 'complete') {
console.log(\`Research done in \${data.durationSec}s\`);
}
});
eventSource.addEventListener('job:completed', () => {
console.log('Job finished!');
eventSource.close();
});
eventSource.addEventListener('job:failed', (e) => {
const { error } = JSON.parse(e.data);
console.error('Job failed:', error);
eventSource.close();
});`;
