// The Worker's entry: what Rust was built to, and its objects as classes that the platform lets others call by RPC.
import Service, * as built from "../build/index.js";
import { callable } from "./edge/callable.js";

export const JobStream = callable(built.JobStream);
export const ProjectFeed = callable(built.ProjectFeed);
export const Relay = callable(built.Relay);
export default Service;
