// Tells silence from peace: a healthy stream has a heartbeat every 15 s, so one that says nothing for longer is dead, even if no
// error ever comes (a phone that changed its network, a router that forgot the connection).
import type { Clock } from "./clock.js";

export const SILENCE_MS = 40_000;

export class Silence extends Error {
  override readonly name = "Silence";

  constructor(ms: number) {
    super(`Nothing was heard for ${ms / 1_000} s, not even a heartbeat.`);
  }
}

export class Watchdog {
  #clock: Clock;
  #ms: number;
  #bite: (silence: Silence) => void;
  #heard = 0;
  #cancel: (() => void) | undefined;
  #over = false;

  constructor(clock: Clock, ms: number, bite: (silence: Silence) => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#bite = bite;
    this.touch();
  }

  /** Something was heard. Costs no timer: the one that runs looks again when it comes. */
  touch(): void {
    if (this.#over) return;
    this.#heard = this.#clock.now();
    this.#cancel ??= this.#clock.after(this.#ms, () => this.#look());
  }

  /** Nobody listens now, so silence means nothing. */
  rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** For good. */
  end(): void {
    this.#over = true;
    this.rest();
  }

  #look() {
    this.#cancel = undefined;
    const left = this.#heard + this.#ms - this.#clock.now();
    if (left > 0) this.#cancel = this.#clock.after(left, () => this.#look());
    else this.#bite(new Silence(this.#ms));
  }
}
