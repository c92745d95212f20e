// Between a stream and the one who iterates over it. Invariant: first in, first out; beyond the mark the sender waits.

/** So many events wait at most, plus what one read of the connection brought. */
const MARK = 1_000;

export class Mailbox<Item> {
  #items: Item[] = [];
  #next = 0;
  #ended = false;
  #arrived: (() => void) | undefined;
  #room: (() => void) | undefined;

  /** A promise when the box is full; it resolves when half of it has been taken. */
  put(item: Item): void | Promise<void> {
    if (this.#ended) return;
    this.#items.push(item);
    this.#arrived?.();
    if (this.#size >= MARK) return new Promise((room) => (this.#room = room));
  }

  end(): void {
    this.#ended = true;
    this.#arrived?.();
    this.#room?.();
  }

  /** The next item, or undefined when there will be none. */
  async take(): Promise<Item | undefined> {
    while (this.#size === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((arrived) => (this.#arrived = arrived));
      this.#arrived = undefined;
    }
    const item = this.#items[this.#next++];
    if (this.#size <= MARK / 2) this.#compact();
    return item;
  }

  get #size(): number {
    return this.#items.length - this.#next;
  }

  #compact() {
    if (this.#size === 0 || this.#next > MARK) {
      this.#items = this.#items.slice(this.#next);
      this.#next = 0;
    }
    this.#room?.();
    this.#room = undefined;
  }
}
