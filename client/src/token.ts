// The stream token in hand, and where the next one comes from.
import type { Clock } from "./clock.js";

/** As `POST /jobs/{id}/tokens` answers it, or the token alone. */
export type Token = string | { token: string; expiresAt?: string };
/** A function is asked again whenever the token in hand is over. */
export type TokenSource = Token | (() => Token | Promise<Token>);

/** A token that ends this soon is not worth a connection. */
const MARGIN_MS = 5_000;

export class TokenInHand {
  #source: TokenSource | undefined;
  #clock: Clock;
  #token: string | undefined;
  #over = Number.POSITIVE_INFINITY;
  /** It came for this connection, so it is no use to ask for another when it is refused. */
  fresh = false;

  constructor(source: TokenSource | undefined, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    if (typeof source !== "function") this.#keep(source);
  }

  get renewable(): boolean {
    return typeof this.#source === "function";
  }

  async get(): Promise<string | undefined> {
    this.fresh = false;
    if (typeof this.#source === "function" && (this.#token === undefined || this.#clock.now() > this.#over - MARGIN_MS)) {
      // Before the answer: a no to the request for a token is as final as a no to the token.
      this.fresh = true;
      this.#keep(await this.#source());
    }
    return this.#token;
  }

  forget(): void {
    this.#token = undefined;
  }

  #keep(token: Token | undefined) {
    this.#token = typeof token === "object" ? token.token : token;
    const over = typeof token === "object" && token.expiresAt ? Date.parse(token.expiresAt) : Number.NaN;
    this.#over = Number.isNaN(over) ? Number.POSITIVE_INFINITY : over;
  }
}
