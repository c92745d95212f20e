// What a page knows of its surroundings: whether there is a network, whether anybody looks. Where there is no page (Node, Deno,
// Bun, a worker) nothing is ever told, and connections stay.
import type { Clock } from "./clock.js";

const page = globalThis as unknown as Partial<EventTarget>;
const view = (globalThis as { document?: Document }).document;

/** Calls off what was begun. */
export type Undo = () => void;

function on(target: Partial<EventTarget> | undefined, event: string, task: () => void): Undo {
  target?.addEventListener?.(event, task);
  return () => target?.removeEventListener?.(event, task);
}

export const whenOffline = (task: () => void): Undo => on(page, "offline", task);
export const whenOnline = (task: () => void): Undo => on(page, "online", task);

export const isHidden = (): boolean => view?.hidden === true;
export const whenShown = (task: () => void): Undo => on(view, "visibilitychange", () => void (isHidden() || task()));

/** Once nobody has looked for `ms` on end. */
export function whenHiddenFor(ms: number, clock: Clock, task: () => void): Undo {
  let cancel: Undo | undefined;
  const look = () => {
    cancel?.();
    cancel = isHidden() ? clock.after(ms, task) : undefined;
  };
  const leave = on(view, "visibilitychange", look);
  look();
  return () => {
    leave();
    cancel?.();
  };
}
