// The Worker's entry: what Rust was built to, and its objects as classes that the platform lets others call by RPC.
import { Front, JobStream as Job, ProjectFeed as Feed } from "../build/index.js";
import { callable } from "./edge/callable.js";

export const JobStream = callable(Job);
export const ProjectFeed = callable(Feed);

// One for all requests: the platform builds a class of an entry anew for each.
const front = new Front();

export default {
  fetch: (request, env, context) => front.fetch(request, env, context),
};
