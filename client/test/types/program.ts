// Never run: what must compile, and what must not.
import { type ActivityEvent, createJob, getJob, type JobEvent, type QueueEvent, type Service } from "jobcast-client";

export function ofAJob(event: JobEvent): string | number | undefined {
  switch (event.type) {
    case "job:snapshot": return event.data.stages["encode"]?.durationSec;
    case "job:progress": return event.data.percent;
    case "job:log": return event.data.lines.at(-1)?.source;
    case "job:failed": return event.data.error;
    // @ts-expect-error There is no such event.
    case "job:exploded": return 0;
    case "stage:encode": return event.data.durationSec;
  }
  if (!event.type.startsWith("stage:")) return undefined;
  // @ts-expect-error A cursor is a text.
  const id: number = event.id;
  return id;
}

export function ofAProject(event: QueueEvent | ActivityEvent): string | number | null | undefined {
  switch (event.type) {
    case "job:error": return event.data.error;
    case "stage_completed": return event.data.latency_ms;
    // @ts-expect-error A created job has no error yet.
    case "job:created": return event.data.error;
    // @ts-expect-error The library keeps heartbeats to itself.
    case "heartbeat": return undefined;
    default: return undefined;
  }
}

export async function ofItsOwnShape(service: Service): Promise<string> {
  interface Clip { file: string }
  const payload: Clip = { file: "clip.mp4" };
  const made = await createJob<Clip>({ payload, priority: 1 }, service);
  // @ts-expect-error The queue knows three priorities.
  await createJob({ priority: 9 }, service);
  const { status } = await getJob(made.id, service);
  // @ts-expect-error No job is ever in this state.
  if (status === "exploded") return status;
  return made.payload.file;
}
