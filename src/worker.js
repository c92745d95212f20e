// The Worker's entry: what Rust was built to, and its objects as classes that the platform lets others call by RPC.
import * as built from "../build/index.js";
import { callable } from "./edge/callable.js";

export const JobStream = callable(built.JobStream);
export const ProjectFeed = callable(built.ProjectFeed);
export const Relay = callable(built.Relay);

// One for all requests: the platform builds a class of an entry anew for each.
const front = new built.Front();

export default {
  fetch: (request, env, context) => front.fetch(request, env, context),
};
