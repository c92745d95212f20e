// Drawn on a grid of 16, one stroke, in the colour of the text around them. Never the only name of a control.
import type { QueueStatus } from "../model/types.ts";

const PATHS = {
  jobs: "M2 4h12M2 8h8M2 12h5", activity: "M1.5 8h3l2-5 3 10 2-5h3", plots: "M2.5 13.5v-5M6.2 13.5v-11M9.8 13.5v-7M13.5 13.5v-9",
  keys: "M10.5 2.5a3 3 0 1 1-2.6 4.5L2.5 12.4v1.6h2v-1.5H6V11l2.2-2.2M11.4 4.7v.1", start: "M2.5 14V2.5h8.5l-1.5 3 1.5 3H2.5",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3", retry: "M13 8a5 5 0 1 1-1.6-3.7M13 1.8v3h-3", cancel: "M4 4l8 8M12 4l-8 8",
  kill: "M4.5 4.5h7v7h-7z", remove: "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9", back: "M9.5 3.5L5 8l4.5 4.5", copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z", auto: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11", leave: "M6 2.5H2.5v11H6M6.5 8H14M11 5l3 3-3 3",
  pause: "M5.5 3.5v9M10.5 3.5v9", play: "M5 3l8 5-8 5z", help: "M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.4v.1", down: "M8 3v9M4 8.5L8 12.5l4-4", plus: "M8 3v10M3 8h10",
  code: "M5.5 4L2 8l3.5 4M10.5 4L14 8l-3.5 4", eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);

export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="#0a7563" />
    <path d="M7 21h6M7 16h12M7 11h18" stroke="#fff" stroke-width="3" stroke-linecap="round" />
    <circle cx="22.5" cy="21" r="2.5" fill="#9ff0d8" />
  </svg>
);

export const STATUS_WORDS: Record<QueueStatus, string> = { pending: "Pending", running: "Running", completed: "Completed", error: "Failed", cancelled: "Cancelled" };

const ROUND = 2 * Math.PI * 5.5;
const SIGNS: Partial<Record<QueueStatus, string>> = { completed: "M5.2 8.2l2 2 3.7-4.2", error: "M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4", cancelled: "M4.2 11.8l7.6-7.6" };

/** The state as a sign: a form for each, so that colour is not all that tells them apart. */
export function StatusMark({ status, progress }: { status: QueueStatus; progress: number }) {
  const ring = { cx: 8, cy: 8, r: 5.5 };
  return (
    <svg class={`mark ${status}`} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" role="img" aria-label={STATUS_WORDS[status]}>
      {status === "pending" && <circle {...ring} stroke-dasharray="1.6 2.72" />}
      {status === "running" && <circle {...ring} opacity="0.25" />}
      {status === "running" && <circle {...ring} stroke-width="2.2" transform="rotate(-90 8 8)" stroke-dasharray={ROUND} stroke-dashoffset={ROUND * (1 - progress / 100)} />}
      {SIGNS[status] && <circle {...ring} opacity={status === "cancelled" ? 1 : 0.45} />}
      {SIGNS[status] && <path d={SIGNS[status]} />}
    </svg>
  );
}
