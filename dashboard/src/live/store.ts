// A value that components watch. Changes within one frame are drawn once.
import { useEffect, useRef, useState } from "preact/hooks";

export interface Store<T> {
  get(): T;
  set(value: T): void;
  update(change: (value: T) => T): void;
  watch(listener: () => void): () => void;
}

export function createStore<T>(value: T): Store<T> {
  const listeners = new Set<() => void>();
  const set = (next: T) => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Draws again when what `select` takes of the store has changed. */
export function useStore<T, S = T>(store: Store<T>, select: (value: T) => S = (value) => value as unknown as S): S {
  const [, redraw] = useState(0);
  const chosen = select(store.get());
  // What is chosen may depend on what the component was last drawn with.
  const drawn = useRef({ select, chosen });
  drawn.current = { select, chosen };
  useEffect(() => {
    let due = 0;
    const look = () => {
      due = 0;
      const { select, chosen } = drawn.current;
      if (!Object.is(select(store.get()), chosen)) redraw((n) => n + 1);
    };
    // A hidden page draws no frames, and needs none.
    const soon = () => void (due ||= requestAnimationFrame(look));
    look();
    const stop = store.watch(soon);
    return () => {
      stop();
      cancelAnimationFrame(due);
    };
  }, [store]);
  return chosen;
}

/** The time, told again each `every` ms while `on`. */
export function useNow(every: number, on = true): number {
  const [now, tell] = useState(Date.now);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => tell(Date.now()), every);
    return () => clearInterval(timer);
  }, [every, on]);
  return now;
}
