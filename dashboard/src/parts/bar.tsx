// A progress bar that glides to where it is told.
import type { QueueStatus } from "../model/types.ts";
import { percent } from "../model/format.ts";

interface Props {
  value: number;
  label: string;
  status?: QueueStatus;
  big?: boolean;
}

export function Bar({ value, label, status = "running", big }: Props) {
  const tone = { error: "bad", completed: "done", running: "", pending: "still", cancelled: "still" }[status];
  const at = Math.min(100, Math.max(0, value));
  return (
    <div class={`bar ${tone} ${big ? "big" : ""}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(at)} aria-valuetext={percent(at)}>
      <i style={{ transform: `scaleX(${at / 100})` }} />
    </div>
  );
}
