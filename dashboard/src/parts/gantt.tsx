// The timeline of a job: attempts, and under each its stages, on one axis.
import { duration, plural } from "../model/format.ts";
import { endOf, ticks } from "../model/timeline.ts";
import type { AttemptSpan, Span, Timeline } from "../model/timeline.ts";

const WORDS: Record<Span["state"], string> = { waiting: "waited", running: "running", done: "done", error: "failed", skipped: "skipped", stopped: "stopped" };

interface Scale {
  start: number;
  length: number;
  now: number;
}

export function Gantt({ timeline, now }: { timeline: Timeline; now: number }) {
  const scale = { start: timeline.start, length: endOf(timeline, now) - timeline.start, now };
  const stages = timeline.attempts.reduce((sum, one) => sum + one.stages.length, 0);
  return (
    <div class="gantt">
      <div class="axis" aria-hidden="true">
        {ticks(scale.length, 5).map((offset) => <span key={offset} style={{ left: `${(offset / scale.length) * 100}%` }}>{offset === 0 ? "0" : duration(offset)}</span>)}
      </div>
      <ul aria-label={`${plural(timeline.attempts.length, "attempt")}, ${plural(stages, "stage")}`}>
        {timeline.attempts.map((attempt) => <Attempt key={attempt.attempt} of={attempt} scale={scale} />)}
      </ul>
    </div>
  );
}

function Attempt({ of, scale }: { of: AttemptSpan; scale: Scale }) {
  const spans = [of.wait, of.run].filter((span) => span !== null);
  const why = of.run?.detail ?? (of.run ? null : of.wait?.detail);
  return (
    <>
      <Line kind="attempt" name={`Attempt ${of.attempt}`} spans={spans} timed={of.run ?? of.wait} scale={scale} why={why ?? null} bad={of.run?.state === "error"} />
      {of.stages.map((stage, i) => <Line key={i} kind="stage" name={stage.name} spans={[stage]} timed={stage} scale={scale} why={stage.state === "error" && stage.detail !== why ? stage.detail : null} bad title={stage.detail} />)}
    </>
  );
}

interface LineProps {
  kind: "attempt" | "stage";
  name: string;
  spans: Span[];
  timed: Span | null;
  scale: Scale;
  why: string | null;
  bad?: boolean;
  title?: string | null;
}

function Line({ kind, name, spans, timed, scale, why, bad, title }: LineProps) {
  const took = timed ? (timed.state === "skipped" ? "skipped" : duration((timed.end ?? scale.now) - timed.start)) : "";
  return (
    <li class={kind} title={title ?? undefined} data-state={timed?.state}>
      <span class="label cut" title={name}>{name}</span>
      <span class="lane" aria-hidden="true">{spans.map((span, i) => <i key={i} class={span.state} title={`${WORDS[span.state]} ${duration((span.end ?? scale.now) - span.start)}`} style={placed(span, scale)} />)}</span>
      <span class="took"><span class="sr">{timed && WORDS[timed.state]} </span>{took}</span>
      {why && <span class={`why ${bad ? "bad" : ""}`}>{why}</span>}
    </li>
  );
}

function placed(span: Span, { start, length, now }: Scale) {
  const left = ((span.start - start) / length) * 100;
  const width = (((span.end ?? now) - span.start) / length) * 100;
  return { left: `${Math.min(99.6, Math.max(0, left))}%`, width: `${Math.max(0, Math.min(100 - left, width))}%` };
}
