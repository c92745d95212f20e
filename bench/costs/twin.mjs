// The twin, counted.
import app, { Job as Plain } from "../twin/worker.ts";
import { answered, counted } from "./counting.mjs";

const CALLS = Object.fromEntries(["fetch", "create", "deliver", "ack", "progress", "logs", "complete"].map((name) => [name, "Requests"]));

export const Job = counted(Plain, "job", { ...CALLS, alarm: "Alarms" });

export default {
  fetch: (request, env, context) => answered(request, env, (counting) => app.fetch(request, counting, context)),
};
