// A watch of a scripted service, with what it told so far.
import { watchJob, watchProject } from "jobcast-client";
import { ManualClock, settle } from "./clock.mjs";
import { ScriptedService } from "./service.mjs";

const URL = "https://jobcast.example";

export const watchingJob = (options) => watching((common) => watchJob("job_1", { ...common, ...options }));
export const watchingProject = (options) => watching((common) => watchProject({ ...common, ...options }));

function watching(open) {
  const [service, clock] = [new ScriptedService(), new ManualClock()];
  const seen = { service, clock, events: [], states: [], ending: undefined };
  /** Opens it, once the script is written. */
  seen.begin = async () => {
    seen.watch = open({
      url: URL, fetch: service.fetch, clock,
      onEvent: (event) => void seen.events.push(event),
      onState: (state) => seen.states.push(state),
      onEnd: (ending) => (seen.ending = ending),
    });
    await settle();
    return seen;
  };
  Object.defineProperty(seen, "told", { get: () => seen.events.map(({ type, id }) => `${type} ${id}`) });
  return seen;
}
