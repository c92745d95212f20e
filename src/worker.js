// The Worker's entry: what Rust was built to, and its objects as classes that the platform lets others call by RPC.
import Service, { JobStream as Job, ProjectFeed as Feed } from "../build/index.js";
import { callable } from "./edge/callable.js";

export const JobStream = callable(Job);
export const ProjectFeed = callable(Feed);
export default Service;
