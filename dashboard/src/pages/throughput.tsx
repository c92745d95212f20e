// How much gets done, how fast, and how much of it fails: of the jobs that are loaded here, and the page says how many these are.
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { more, reaches, table } from "../live/feed.ts";
import { theme } from "../live/theme.ts";
import { scopesOf, who } from "../live/session.ts";
import { useNow, useStore } from "../live/store.ts";
import { clock, count, duration, plural } from "../model/format.ts";
import { failureRates, histogram, percentile, placeAmong, throughputOf } from "../model/throughput.ts";
import type { Bin, Throughput } from "../model/throughput.ts";
import { QUEUE_STATUSES } from "../model/types.ts";
import type { QueueJob } from "../model/types.ts";
import { Bar } from "../parts/bar.tsx";
import { Empty } from "../parts/empty.tsx";
import { STATUS_WORDS } from "../parts/icons.tsx";
import { Needs } from "../parts/needs.tsx";

const REDRAW_MS = 2_000;

export function ThroughputPage() {
  const now = useNow(REDRAW_MS);
  const reach = useStore(reaches, (all) => all.get(""));
  const reads = scopesOf(useStore(who)).includes("jobs:read");
  useEffect(() => { if (reads && !reach) void more(null); }, [reach]);
  const jobs = useMemo(() => [...table.get().jobs.values()].filter((job) => !job.partial), [now, reach]);
  const minutes = span(jobs, now);
  const seen = useMemo(() => throughputOf(jobs, now, minutes), [jobs, now]);
  if (!reads) return <><div class="pagehead"><h1>Throughput</h1></div><Needs scope="jobs:read">Throughput is measured over the lists of jobs, which this key may not read.</Needs></>;
  return (
    <>
      <div class="pagehead">
        <h1>Throughput</h1>
        {jobs.length > 0 && <span class="quiet">over {plural(jobs.length, "loaded job")}</span>}
        {reach?.cursor && <button type="button" class="btn" disabled={reach.loading} onClick={() => void more(null)}>Load 100 older</button>}
      </div>
      {jobs.length === 0 ? <section class="card"><Empty title="No jobs to measure yet"><p>As soon as jobs run, they are measured here. <a href="/start">Create the first one</a></p></Empty></section> : <Figures of={seen} now={now} />}
    </>
  );
}

/** As far back as the loaded jobs reach, from a quarter of an hour to three hours. */
const span = (jobs: readonly QueueJob[], now: number): number => {
  const oldest = Math.min(now, ...jobs.map((job) => Date.parse(job.createdAt)));
  return Math.min(180, Math.max(15, Math.ceil((now - oldest) / 60_000) + 1));
};

const timed = (value: number | null): string => (value === null ? "–" : duration(value));

function Figures({ of, now }: { of: Throughput; now: number }) {
  const rate = of.failureRate === null ? "–" : `${(of.failureRate * 100).toFixed(of.failureRate > 0 && of.failureRate < 0.1 ? 1 : 0)} %`;
  return (
    <div class="stack">
      <dl class="figures">
        <div><dt>Median duration</dt><dd>{timed(percentile(of.durations, 0.5))}</dd></div>
        <div><dt>95th percentile</dt><dd>{timed(percentile(of.durations, 0.95))}</dd></div>
        <div><dt>99th percentile</dt><dd>{timed(percentile(of.durations, 0.99))}</dd></div>
        <div><dt>Failure rate</dt><dd class={of.failed > 0 ? "bad" : ""}>{rate}<small>{count(of.failed)} of {plural(of.finished, "finished job")}</small></dd></div>
        <div><dt>Median wait</dt><dd>{timed(percentile(of.waits, 0.5))}<small>from creation to the start</small></dd></div>
      </dl>
      <div class="plots">
        <section class="card wide" aria-label="Jobs per minute"><header><h2>Per minute, the last {of.perMinute[0].length} minutes</h2></header><PerMinute of={of} now={now} /></section>
        <section class="card" aria-label="Durations"><header><h2>Durations of completed jobs</h2></header><Durations of={of} /></section>
        <section class="card" aria-label="Jobs by state"><header><h2>All jobs by state</h2></header><States /></section>
      </div>
    </div>
  );
}

function States() {
  const stats = useStore(table, (now) => now.stats);
  if (!stats) return <p class="pad faint">Counting …</p>;
  return (
    <ul class="states pad">
      {QUEUE_STATUSES.map((status) => (
        <li key={status}><span>{STATUS_WORDS[status]}</span><Bar value={stats.total ? (stats[status] / stats.total) * 100 : 0} label={`${STATUS_WORDS[status]}: ${stats[status]} of ${stats.total}`} status={status} /><b>{count(stats[status])}</b></li>
      ))}
    </ul>
  );
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const hour = (seconds: number): string => clock(seconds * 1_000).slice(0, 5);
const hours: uPlot.Axis["values"] = (_, splits) => splits.map(hour);
/** In the legend, of what the pointer is on. */
const pointed: uPlot.Series["value"] = (_, value) => (value === null ? "" : String(value));
/** A bar of no height would still draw its line. */
const barsOf = (counts: readonly number[]): (number | null)[] => counts.map((many) => many || null);

const axes = (values?: uPlot.Axis["values"], space = 50): uPlot.Axis[] => {
  const look = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  return [{ ...look, size: 28, space, values: values ?? hours, grid: { show: false } }, { ...look, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }];
};

const bars = uPlot.paths.bars!({ size: [0.8, 22], gap: 1 });
/** Half a bar of room at both ends. */
const around = (half: number) => (_: uPlot, low: number, high: number): [number, number] => [low - half, high + half];

function PerMinute({ of, now }: { of: Throughput; now: number }) {
  const make = (width: number): uPlot.Options => ({
    width, height: 230, cursor: { y: false }, scales: { x: { range: around(30) }, y: { range: (_, __, high) => [0, Math.max(4, high * 1.1)] }, "%": { range: [0, 105] } },
    axes: [...axes(), { ...axes()[1], scale: "%", side: 1, size: 44, incrs: [25, 50], values: (_, splits) => splits.map((at) => `${at} %`), grid: { show: false } }],
    series: [
      { label: "minute", value: (_, at) => (at ? hour(at) : "") },
      { label: "created", value: pointed, stroke: colour("--ink-3"), width: 1.5, points: { show: false }, dash: [3, 3] },
      { label: "completed", value: (plot, value, _, at) => (at === null ? "" : String((value ?? 0) - (plot.data[3]![at] ?? 0) || "")), stroke: colour("--accent"), fill: `${colour("--accent")}55`, paths: bars, points: { show: false } },
      { label: "failed", value: pointed, stroke: colour("--bad"), fill: colour("--bad"), paths: bars, points: { show: false } },
      { label: "failure rate", scale: "%", value: (_, rate) => (rate === null ? "" : `${Math.round(rate)} %`), stroke: colour("--warn"), width: 1.5, spanGaps: true, points: { show: true, size: 4, fill: colour("--warn") } },
    ],
  });
  const [, created, completed, failed] = of.perMinute;
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  // One bar on the other: side by side they would be thin, and one before the other would hide it.
  const finished = completed.map((many, i) => many + failed[i]!);
  return <Plot make={make} data={[of.perMinute[0], created, barsOf(finished), barsOf(failed), failureRates(of.perMinute)]} redraw={Math.floor(now / REDRAW_MS)} label={`In this time ${sum(created)} of these jobs were created, ${sum(completed)} completed and ${sum(failed)} failed.`} />;
}

function Durations({ of }: { of: Throughput }) {
  const bins = useMemo(() => histogram(of.durations, 16), [of.durations]);
  if (bins.length === 0) return <p class="pad faint">None has completed yet.</p>;
  const names = (at: number) => (bins[at] ? duration(bins[at].from) : "");
  const make = (width: number): uPlot.Options => ({
    width, height: 230, cursor: { y: false }, scales: { x: { time: false, range: around(0.5) }, y: { range: (_, __, high) => [0, Math.max(4, high * 1.1)] } },
    axes: axes((_, splits) => splits.map((at) => (Number.isInteger(at) ? names(at) : "")), 84),
    hooks: { draw: [(plot) => percentilesOn(plot, bins, of.durations)] },
    series: [
      { label: "from", value: (_, at) => (at === null ? "" : names(at)) },
      { label: "jobs", value: pointed, stroke: colour("--accent"), fill: `${colour("--accent")}55`, paths: bars, points: { show: false } },
    ],
  });
  const data: uPlot.AlignedData = [bins.map((_, i) => i), barsOf(bins.map((bin) => bin.count))];
  return <Plot make={make} data={data} redraw={of.durations.length} label={`Half took at most ${timed(percentile(of.durations, 0.5))}, 95 % at most ${timed(percentile(of.durations, 0.95))}, 99 % at most ${timed(percentile(of.durations, 0.99))}.`} />;
}

/** A line for each percentile across the bars, with its name at the top; where two would overlap, the names go one below the other. */
function percentilesOn(plot: uPlot, bins: readonly Bin[], durations: readonly number[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui`;
  ctx.lineWidth = ratio;
  ctx.strokeStyle = ctx.fillStyle = colour("--ink-2");
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  [50, 95, 99].forEach((share, i) => {
    const x = plot.valToPos(placeAmong(bins, percentile(durations, share / 100)!), "x", true);
    ctx.textAlign = x > bbox.left + bbox.width * 0.8 ? "right" : "left";
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(`p${share}`, x + (ctx.textAlign === "right" ? -4 : 4) * ratio, bbox.top + (11 + 13 * i) * ratio);
  });
  ctx.restore();
}

interface PlotProps {
  make: (width: number) => uPlot.Options;
  data: uPlot.AlignedData;
  redraw: number;
  /** What a screen reader is told instead. */
  label: string;
}

function Plot({ make, data, redraw, label }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const chosen = useStore(theme);
  useEffect(() => {
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(make(box.current!.clientWidth - 16), data, box.current!);
    };
    const widths = new ResizeObserver(() => plot.current?.setSize({ width: box.current!.clientWidth - 16, height: 230 }));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    draw();
    widths.observe(box.current!);
    dark.addEventListener("change", draw);
    return () => {
      dark.removeEventListener("change", draw);
      widths.disconnect();
      plot.current?.destroy();
    };
  }, [chosen]);
  useEffect(() => plot.current?.setData(data), [redraw]);
  return <div class="plot" ref={box} role="img" aria-label={label} />;
}
