// The examples of seeds 000 and 002, to the letter. The tests change host, id and key, and nothing else.

/** Seed 000, “Events”: the data of each. */
export const EVENTS = {
  connected: { clientId: "client_abc123" },
  "job:created": { jobId: "job_xyz", filePath: "videos/clip.mp4", status: "pending", priority: 1 },
  "job:started": { jobId: "job_xyz", filePath: "videos/clip.mp4", status: "running" },
  "job:progress": { jobId: "job_xyz", progress: 47 },
  "job:completed": { jobId: "job_xyz", filePath: "videos/clip.mp4", status: "completed" },
  "job:error": { jobId: "job_xyz", filePath: "videos/clip.mp4", status: "error", error: "FFmpeg process exited with code 1" },
  heartbeat: { timestamp: "2024-03-15T10:30:00.000Z" },
};

/** Seed 000, “Usage example”: the page as its tokens stand there. */
export const EVENT_SOURCE = `const source = new EventSource ( 'http://localhost:3000/queue/events' );
source . addEventListener ( 'connected' , ( e ) => {
const { clientId } = JSON . parse ( e . data );
console . log ( 'Connected:' , clientId );
});
source . addEventListener ( 'job:progress' , ( e ) => {
const { jobId , progress } = JSON . parse ( e . data );
console . log ( \`Job \${ jobId } : \${ progress } %\` );
updateProgressBar ( jobId , progress );
});
source . addEventListener ( 'job:completed' , ( e ) => {
const { jobId } = JSON . parse ( e . data );
console . log ( 'Done:' , jobId );
});
source . addEventListener ( 'job:error' , ( e ) => {
const { jobId , error } = JSON . parse ( e . data );
console . error ( \`Job \${ jobId } failed:\` , error );
});`;

/** Seed 002, “List jobs”: the answer. */
export const LIST = {
  jobs: [
    {
      id: "job_abc123", filePath: "videos/clip.mp4", status: "completed", priority: 1, progress: 100,
      startedAt: "2024-03-15T10:30:00.000Z", completedAt: "2024-03-15T10:31:45.000Z", error: null,
    },
  ],
  limit: 50,
  offset: 0,
  count: 1,
};

/** Seed 002: what the three commands answer. */
export const ANSWERS = {
  retry: { success: true, message: "Job queued for retry" },
  cancel: { success: true, message: "Job cancelled" },
  delete: { success: true, message: "Job deleted" },
};

export const CURLS = {
  events: "curl -N http://localhost:3000/queue/events",
  list: String.raw`# List all failed jobs
curl "http://localhost:3000/queue/jobs?status=error&limit=20" \
  -H "Authorization: Bearer <api_key>"`,
  retry: String.raw`curl -X POST http://localhost:3000/queue/jobs/job_abc123/retry \
  -H "Authorization: Bearer <api_key>"`,
  cancel: String.raw`curl -X POST http://localhost:3000/queue/jobs/job_abc123/cancel \
  -H "Authorization: Bearer <api_key>"`,
  delete: String.raw`curl -X DELETE http://localhost:3000/queue/jobs/job_abc123 \
  -H "Authorization: Bearer <api_key>"`,
};
