// A stream that is kept alive: it reconnects with a jittered pause, resumes by cursor, and tells silence from loss.
// Read with fetch and not with EventSource, which hides what this page must know: the status (an ended session, a deleted job,
// a limit of rate), the heartbeat comments, and the events of stages whose names nobody knew beforehand.
import { FrameReader } from "../model/frames.ts";
import type { Frame } from "../model/frames.ts";

export type Phase = "connecting" | "catching-up" | "live" | "offline" | "ended" | "refused";

export interface Connection {
  phase: Phase;
  /** The last event seen. */
  cursor: string;
  /** The event from which the present connection went on; empty if it began anew. */
  resumedFrom: string;
  /** The status that ended it for good. */
  status: number | null;
}

export interface Hearing {
  frames(frames: Frame[]): void;
  connection(now: Connection): void;
}

// The service sends a comment each 15 s; two lost ones are a dead line.
const SILENCE_MS = 40_000;
// Nothing tells where a replay ends and the present begins but that no more comes at once.
const QUIET_MS = 350;
// A page that nobody looks at gives its connection back: a browser has few to one host, and it catches up when it is seen again.
const HIDDEN_MS = 20_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class LiveStream {
  #url: string;
  #hearing: Hearing;
  #now: Connection;
  #stopped = false;
  #attempt = new AbortController();
  #failures = 0;
  #pause = FIRST_PAUSE_MS;
  #wake: (() => void) | null = null;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #leave: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, hearing: Hearing, cursor = "") {
    this.#url = url;
    this.#hearing = hearing;
    this.#now = { phase: "connecting", cursor, resumedFrom: "", status: null };
    addEventListener("offline", this.#lost);
    addEventListener("online", this.#found);
    document.addEventListener("visibilitychange", this.#turned);
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("offline", this.#lost);
    removeEventListener("online", this.#found);
    document.removeEventListener("visibilitychange", this.#turned);
    clearTimeout(this.#leave);
    clearTimeout(this.#quiet);
    clearTimeout(this.#silence);
    this.#attempt.abort();
    this.#wake?.();
  }

  #lost = () => {
    this.#tell({ phase: "offline" });
    this.#attempt.abort();
  };

  #found = () => {
    this.#failures = 0;
    this.#wake?.();
  };

  #turned = () => {
    clearTimeout(this.#leave);
    if (document.hidden) this.#leave = setTimeout(() => this.#attempt.abort(), HIDDEN_MS);
    else this.#wake?.();
  };

  #tell(change: Partial<Connection>): void {
    this.#now = { ...this.#now, ...change };
    if (!this.#stopped) this.#hearing.connection(this.#now);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const status = await this.#connect().catch(() => 0);
      clearTimeout(this.#silence);
      clearTimeout(this.#quiet);
      if (this.#stopped) return;
      if (status === 204) return this.#tell({ phase: "ended", status });
      if (status === 400 && this.#now.cursor) this.#now.cursor = "";
      else if (status >= 400 && status < 500 && status !== 429) return this.#tell({ phase: "refused", status });
      this.#failures = status === 200 ? 0 : this.#failures + 1;
      // A clean end is the cap of five minutes, and no reason to show alarm.
      this.#tell({ phase: this.#failures === 0 && navigator.onLine ? "connecting" : "offline" });
      await this.#rest();
    }
  }

  /** One connection, to its end. Resolves to the status with which it was answered. */
  async #connect(): Promise<number> {
    this.#attempt = new AbortController();
    const { cursor } = this.#now;
    this.#listen();
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (cursor) headers["last-event-id"] = cursor;
    const response = await fetch(this.#url, { headers, credentials: "same-origin", cache: "no-store", signal: this.#attempt.signal });
    if (response.status !== 200 || !response.body) {
      this.#pause = Number(response.headers.get("retry-after") ?? 0) * 1000 || FIRST_PAUSE_MS;
      return response.status;
    }
    this.#failures = 0;
    this.#tell({ phase: "catching-up", resumedFrom: cursor });
    await this.#read(response.body, new FrameReader(cursor));
    return 200;
  }

  async #read(body: ReadableStream<Uint8Array>, reader: FrameReader): Promise<void> {
    const source = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    for (;;) {
      const { done, value } = await source.read();
      if (done) return;
      this.#listen();
      const heard = reader.push(value);
      if (heard.retry !== undefined) this.#pause = heard.retry;
      this.#now.cursor = heard.id;
      if (heard.frames.length > 0 && !this.#stopped) this.#hearing.frames(heard.frames);
      this.#settle(heard.frames.length > 0);
    }
  }

  /** Live once nothing came for a moment; an event when live changes nothing. */
  #settle(came: boolean): void {
    if (this.#now.phase !== "catching-up") return this.#tell({});
    if (this.#quiet && !came) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      if (this.#now.phase === "catching-up") this.#tell({ phase: "live" });
    }, QUIET_MS);
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#attempt.abort(), SILENCE_MS);
  }

  /** Half of the pause is random, so that a crowd does not come back at once. */
  async #rest(): Promise<void> {
    const pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2 ** Math.max(0, this.#failures - 1)) * (0.5 + Math.random() / 2);
    await new Promise<void>((awake) => {
      const timer = document.hidden ? undefined : setTimeout(awake, navigator.onLine ? pause : LONGEST_PAUSE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        awake();
      };
    });
    this.#wake = null;
  }
}
