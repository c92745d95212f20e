// The timer of lifeline.rs. Nothing in here calls into wasm, so that it works when wasm has lost its memory.
export class Timer {
  constructor(writer, socket, patience) {
    Object.assign(this, { writer, socket, patience });
    this.renew();
  }

  renew() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.cut(), this.patience);
  }

  cut() {
    this.socket?.close(1011, "lost");
    this.writer.abort(new Error("The writer of this answer was lost.")).catch(() => {});
  }

  end() {
    clearTimeout(this.timer);
  }
}
