// Where the service under test is, as `npm test` says it; `JOBCAST_URL` alone would be enough for a deployed one.
const { env } = process;

export const place = {
  url: env.JOBCAST_URL,
  adminToken: env.JOBCAST_ADMIN_TOKEN,
  /** What the service writes, one JSON line per happening. */
  log: env.JOBCAST_LOG,
};

/** The project that the service was started with. */
export const defaultProject = {
  id: env.JOBCAST_PROJECT_ID,
  apiKey: env.JOBCAST_API_KEY,
  projectKey: env.JOBCAST_PROJECT_KEY,
};

if (!place.url) throw new Error("JOBCAST_URL is not set: run these tests with npm test.");
