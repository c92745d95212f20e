// The built Worker with Analytics Engine bound: a `main` for a test. Each data point goes to the log.
import Service, { JobStream, ProjectFeed, Relay } from "../../src/worker.js";

const ANALYTICS = { writeDataPoint: (point) => console.log(JSON.stringify({ event: "data.point", ...point })) };

export { JobStream, ProjectFeed, Relay };

export default {
  fetch: (request, env, context) => Service.fetch(request, { ...env, ANALYTICS }, context),
};
