// The built Worker, counted.
import Service, { JobStream as Job, ProjectFeed as Feed, Relay } from "../../src/worker.js";
import { answered, counted } from "./counting.mjs";

const HANDLERS = { answer: "Requests", fetch: "Requests", alarm: "Alarms", webSocketMessage: "Messages" };

export const JobStream = counted(Job, "job", HANDLERS);
export const ProjectFeed = counted(Feed, "feed", HANDLERS);
// The sample job has one reader.
export { Relay };

export default {
  fetch: (request, env, context) => answered(request, env, (counting) => Service.fetch(request, counting, context)),
};
