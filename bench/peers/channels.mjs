// A peer that fans out what is published on a channel: one for each job, made when somebody first names it.
import { Contender } from "../contender.mjs";

export class Channels extends Contender {
  #last = 0;

  constructor({ name, serves }, peer, address) {
    super(name, peer.runtime(address), "none", () => peer.stop());
    this.serves = serves;
  }

  async running(count) {
    return Array.from({ length: count }, () => `job_${(this.#last += 1)}`);
  }
}
