// The log of a job: 100,000 lines, of which only those in sight are in the document.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { count, plural } from "../model/format.ts";
import { windowOf } from "../model/lines.ts";
import type { Lines } from "../model/lines.ts";
import { LEVELS } from "../model/types.ts";
import type { Level, LogLine } from "../model/types.ts";
import { CopyButton } from "./copy.tsx";
import { Icon } from "./icons.tsx";

const ROW = 20;
// The view is as high as its lines, from so many on.
const LEAST = 6;
const TYPING_MS = 140;

interface Props {
  lines: Lines;
  /** Changes when lines came. */
  told: number;
  live: boolean;
}

export function LogView({ lines, told, live }: Props) {
  const [level, setLevel] = useState<Level>("trace");
  const [text, setText] = useState("");
  const [picked, pick] = useState<LogLine | null>(null);
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const [filtered, setFiltered] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      lines.filter = { level, text };
      setFrozen((now) => now && [...lines.shown]);
      setFiltered((n) => n + 1);
    }, text ? TYPING_MS : 0);
    return () => clearTimeout(timer);
  }, [level, text]);
  const shown = frozen ?? lines.shown;
  const missed = frozen ? lines.shown.length - frozen.length : 0;
  const pause = () => setFrozen(frozen ? null : [...lines.shown]);
  return (
    <section class="card log" aria-label="Log">
      <div class="logtools">
        <h2>Log</h2>
        <label class="find"><span class="sr">Find in the log</span>
          <input class="input" style={{ width: "100%" }} type="search" placeholder="Find text" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <label><span class="sr">Least level shown</span>
          <select class="input" value={level} onChange={(event) => setLevel(event.currentTarget.value as Level)}>
            {LEVELS.map((one) => <option key={one} value={one}>{one === "trace" ? "All levels" : one === "fatal" ? "fatal" : `${one} and above`}</option>)}
          </select>
        </label>
        <span class="grow" />
        <button type="button" class="btn small" aria-pressed={frozen !== null} onClick={pause}><Icon name={frozen ? "play" : "pause"} />{frozen ? (missed > 0 ? `Resume (${count(missed)} new)` : "Resume") : "Pause"}</button>
      </div>
      <Window rows={shown} redraw={`${told} ${filtered} ${frozen !== null}`} follow={frozen === null} wanted={text.toLowerCase()} picked={picked} pick={pick} />
      {picked && <Picked line={picked} close={() => pick(null)} />}
      <div class="logfoot">
        <span data-lines={lines.all.length}>{shown.length === lines.all.length ? plural(shown.length, "line") : `${count(shown.length)} of ${plural(lines.all.length, "line")}`}</span>
        <span>{frozen ? "paused" : live ? "following" : ""}</span>
      </div>
    </section>
  );
}

interface WindowProps {
  rows: readonly LogLine[];
  redraw: string;
  follow: boolean;
  wanted: string;
  picked: LogLine | null;
  pick: (line: LogLine | null) => void;
}

/** Follows the end until somebody scrolls away from it, and again once they come back. */
function Window({ rows, redraw, follow, wanted, picked, pick }: WindowProps) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 520 });
  const [atEnd, setAtEnd] = useState(true);
  const sticks = useRef(true);
  const look = () => {
    const at = box.current;
    if (!at) return; // its size was watched until it went
    sticks.current = at.scrollTop + at.clientHeight >= at.scrollHeight - ROW * 1.5;
    setAtEnd(sticks.current);
    setView({ top: at.scrollTop, height: at.clientHeight });
  };
  const toEnd = () => {
    sticks.current = true;
    box.current!.scrollTop = box.current!.scrollHeight;
    look();
  };
  // Also when rows came that nobody has told of yet: a view that grew without moving would look left behind by its reader.
  useLayoutEffect(() => {
    if (follow && sticks.current) toEnd();
  }, [redraw, rows.length]);
  useEffect(() => {
    const watcher = new ResizeObserver(look);
    watcher.observe(box.current!);
    return () => watcher.disconnect();
  }, []);
  const press = (event: KeyboardEvent) => {
    const line = chosen(event.key, rows, picked, Math.floor((view.top + view.height) / ROW) - 1);
    if (line === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pick(line);
    if (line) reveal(box.current!, rows.indexOf(line));
  };
  const { from, to } = windowOf(view.top, view.height, ROW, rows.length);
  const visible = useMemo(() => rows.slice(from, to), [rows, rows.length, from, to, redraw]);
  return (
    <div class="logbox">
      <div ref={box} class="logview" tabIndex={0} role="region" aria-label="Log lines, scrollable" aria-description="Enter opens a whole line, the arrow keys go on from there" onScroll={look} onKeyDown={press} style={{ height: `min(56vh, 540px, ${Math.max(LEAST, rows.length) * ROW}px)` }}>
        <div class="all" role="list" style={{ height: `${rows.length * ROW}px` }}>
          {visible.map((line, i) => <Line key={line.seq} line={line} at={from + i} of={rows.length} wanted={wanted} picked={picked?.seq === line.seq} pick={pick} />)}
        </div>
        {rows.length === 0 && <p class="pad faint">{wanted ? "No line has this text." : "No lines yet."}</p>}
      </div>
      {!atEnd && rows.length > 0 && <button type="button" class="btn small logend" onClick={toEnd}><Icon name="down" />Jump to end</button>}
    </div>
  );
}

/** What a key makes of the chosen line: another, null for none; undefined where the key means nothing here. */
function chosen(key: string, rows: readonly LogLine[], picked: LogLine | null, lastInSight: number): LogLine | null | undefined {
  const at = picked ? rows.indexOf(picked) : -1;
  if (!picked) return key === "Enter" ? rows[Math.min(lastInSight, rows.length - 1)] : undefined;
  switch (key) {
    case "Escape": case "Enter": return null;
    case "ArrowUp": return rows[Math.max(0, at - 1)];
    case "ArrowDown": return rows[Math.min(rows.length - 1, at + 1)];
    default: return undefined;
  }
}

function reveal(box: HTMLElement, at: number): void {
  const top = at * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
}

interface LineProps {
  line: LogLine;
  at: number;
  of: number;
  wanted: string;
  picked: boolean;
  pick: (line: LogLine | null) => void;
}

const Line = ({ line, at, of, wanted, picked, pick }: LineProps) => (
  <div class={`line ${line.level} ${picked ? "picked" : ""}`} role="listitem" aria-setsize={of} aria-posinset={at + 1} style={{ top: `${at * ROW}px` }} onClick={() => pick(picked ? null : line)}>
    <span class="seq">{line.seq}</span>
    <span class="at">{line.timestamp.slice(11, 19)}</span>
    <span class="lv">{line.level}</span>
    <span class="text">{line.source && <span class="faint">[{line.source}] </span>}<Marked text={line.message} wanted={wanted} /></span>
  </div>
);

function Marked({ text, wanted }: { text: string; wanted: string }) {
  const at = wanted ? text.toLowerCase().indexOf(wanted) : -1;
  if (at < 0) return <>{text.length > 2_000 ? text.slice(0, 2_000) : text}</>;
  return <>{text.slice(0, at)}<mark>{text.slice(at, at + wanted.length)}</mark>{text.slice(at + wanted.length, at + 2_000)}</>;
}

/** A whole line: in the list it has one row only. */
const Picked = ({ line, close }: { line: LogLine; close: () => void }) => (
  <div class="picked-line" role="status">
    <div class="row wrap">
      <b>Line {line.seq}</b><span class="quiet">{line.level} · {line.timestamp}{line.source && ` · ${line.source}`}</span><span class="grow" />
      <CopyButton text={line.message} what="this line" />
      <button type="button" class="btn plain small" onClick={close}>Close</button>
    </div>
    <pre class="json">{line.message}{line.metadata !== undefined && `\n\n${JSON.stringify(line.metadata, null, 2)}`}</pre>
  </div>
);
