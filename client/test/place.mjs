// Where the real service is, as `npm test` says it.
const { env } = process;

if (!env.JOBCAST_URL) throw new Error("JOBCAST_URL is not set: run these tests with npm test.");

/** As the library takes it. */
export const service = { url: env.JOBCAST_URL, key: env.JOBCAST_API_KEY };
export const projectId = env.JOBCAST_PROJECT_ID;
export const projectKey = env.JOBCAST_PROJECT_KEY;

let names = 0;
/** A name for jobs that no other test polls. */
export const newName = () => `client-${process.pid}-${++names}`;
