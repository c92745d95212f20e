// What every client goes through: three cuts, three caps, the end, and three answers that are no stream.
import { Program } from "./program.mjs";
import { PLACES, Proxy } from "./proxy.mjs";

/** What a parser may stumble over, in each report. */
const MESSAGE = "Größe 🦀 \u2028\u2029\u0085\u000b\ufeff : data: x\r\n two";
/** So many answers after the end show that a client comes back. */
const AGAIN = 2;

export class Trial {
  #reported = [];

  constructor(t, { command }, mode, project) {
    Object.assign(this, { t, command, mode, project });
  }

  async #begin(path) {
    this.proxy = await Proxy.before(this.t, this.project.at.url);
    this.program = new Program(this.t, this.command, this.proxy.url + path, this.mode);
  }

  async #watch() {
    this.job = await this.project.running();
    await this.#begin(`${this.job.path}/events`);
    await this.program.has("job:snapshot");
  }

  async #report() {
    const { id } = await this.job.report("progress", { percent: 1, message: MESSAGE });
    this.#reported.push(String(id));
  }

  /** Cut in the middle of an event, at each place once, with reports before, in the cut and while the client is away. */
  async throughCuts() {
    await this.#watch();
    for (const place of Object.values(PLACES)) {
      await this.#report();
      await this.program.when(({ seen }) => seen.some(({ id }) => id === this.#reported.at(-1)));
      const opened = this.proxy.answers.length;
      const cut = this.proxy.cut(place);
      await Promise.all([cut, this.#report()]);
      await this.#report();
      if (!(await this.#isBack(opened))) return this.#ended(false);
    }
    return this.#ended(true);
  }

  /** Closed by the service at its cap, three times, while reports run. */
  async throughCaps() {
    await this.#watch();
    for (let opened = this.proxy.answers.length; opened < 4; opened += 1) {
      if (!(await this.#reportUntil(this.#isBack(opened)))) return this.#ended(false);
    }
    return this.#ended(true);
  }

  /** Reports one after the other until `end` resolves; gives what it resolves to. */
  async #reportUntil(end) {
    let ended = false;
    const stop = () => (ended = true);
    end.then(stop, stop);
    while (!ended) await this.#report();
    return end;
  }

  /** True when the client has another answer, false when it has ended instead. */
  async #isBack(opened) {
    await Promise.race([this.proxy.when(() => this.proxy.answers.length > opened), this.#isOver()]);
    return this.proxy.answers.length > opened;
  }

  #isOver() {
    return this.program.when(() => false);
  }

  /** Completes the job; tells what was seen, and whether the client stops. */
  async #ended(isBack) {
    await this.#report();
    await this.job.report("complete", {});
    await this.program.has("job:completed");
    const after = await this.#stops(this.proxy.answers.length);
    const told = this.program.seen.filter(({ name }) => name === "job:progress");
    const connections = this.proxy.answers.filter(({ status }) => status === 200).length;
    return { told: isBack ? sequence(this.#reported, told) : "ends", after, connections };
  }

  /** Opens a path that answers with `status`. */
  async at(status, path) {
    await this.#begin(path);
    const stops = await this.#stops(0);
    const other = this.proxy.answers.find((answer) => answer.status !== status);
    if (other) throw new Error(`${path} answered ${other.status} instead of ${status}`);
    return stops;
  }

  /** “stops”, or “comes back” and how long it waits, when it was seen again so often. */
  async #stops(since) {
    const again = () => this.proxy.answers.length >= since + AGAIN;
    await Promise.race([this.#isOver(), this.proxy.when(again)]);
    if (this.program.isOver) return "stops";
    const times = this.proxy.answers.slice(-2).map(({ at }) => at);
    return `comes back (${((times[1] - times[0]) / 1_000).toFixed(1)} s)`;
  }
}

/** “whole”: each event once, in order, with its text; or what is wrong. */
function sequence(reported, told) {
  const ids = told.map(({ id }) => id);
  const lost = reported.filter((id) => !ids.includes(id)).length;
  const twice = ids.length - new Set(ids).size;
  const torn = told.filter(({ data }) => message(data) !== MESSAGE).length;
  const faults = [lost && `${lost} lost`, twice && `${twice} twice`, torn && `${torn} torn`].filter(Boolean);
  const isOrdered = ids.every((id, at) => at === 0 || Number(ids[at - 1]) <= Number(id));
  if (!isOrdered) faults.push("out of order");
  return faults.length > 0 ? `loses: ${faults.join(", ")}` : "whole";
}

function message(data) {
  try {
    return (typeof data === "string" ? JSON.parse(data) : data).message;
  } catch {
    return undefined;
  }
}
