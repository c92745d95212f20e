// <job-progress job="job_…" token="jct_…"></job-progress>: one job's progress for pages without a framework.
// Attributes: `job` (an id, or the address of its events), `url` (the service, unless the page is its own), `token`, `project-key`,
// `label`. For tokens that run out, set the property `tokenSource` to a function that gets one.
import type { Ending } from "../follower.js";
import type { JobView } from "../fold.js";
import { LiveJob, type LiveJobState } from "../live-job.js";
import type { TokenSource } from "../token.js";
import type { JobEvent } from "../types.js";
import { STYLE } from "./style.js";
import { words } from "./words.js";

const OBSERVED = ["job", "url", "token", "project-key", "label"] as const;

// Where there is no DOM (a server that renders pages) the module can be loaded all the same.
const Base = (globalThis as { HTMLElement?: typeof HTMLElement }).HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** Dispatches `job-event` (each event), `job-state` (the connection), and `job-end`, all with their `detail`; they bubble. */
export class JobProgress extends Base {
  static readonly observedAttributes: readonly string[] = OBSERVED;
  #live: LiveJob | undefined;
  #leave: (() => void) | undefined;
  #tokenSource: TokenSource | undefined;
  #parts: Parts | undefined;
  #due = false;

  /** The job as it is drawn; undefined until the first snapshot. */
  get view(): JobView | undefined {
    return this.#live?.get().job;
  }

  get tokenSource(): TokenSource | undefined {
    return this.#tokenSource;
  }

  set tokenSource(source: TokenSource | undefined) {
    this.#tokenSource = source;
    this.#reopen();
  }

  connectedCallback(): void {
    this.#parts ??= build(this.attachShadow({ mode: "open" }));
    this.#reopen();
  }

  disconnectedCallback(): void {
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.#parts) return;
    if (name === "label") this.#draw();
    else this.#reopen();
  }

  /** Several attributes that are set one after the other open one stream. */
  #reopen() {
    if (this.#due || !this.isConnected) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#close();
      if (this.isConnected) this.#open();
      this.#draw();
    });
  }

  #open() {
    const job = this.getAttribute("job");
    if (!job) return;
    const live = new LiveJob(job, {
      url: this.getAttribute("url") ?? undefined,
      token: this.#tokenSource ?? this.getAttribute("token") ?? undefined,
      projectKey: this.getAttribute("project-key") ?? undefined,
      onEvent: (event: JobEvent) => this.#tell("job-event", event),
      onState: (state: string) => this.#tell("job-state", state),
      onEnd: (ending: Ending) => this.#tell("job-end", ending),
    });
    this.#live = live;
    this.#leave = live.subscribe(() => this.#draw());
  }

  #close() {
    this.#leave?.();
    this.#leave = this.#live = undefined;
  }

  #tell(type: string, detail: unknown) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #draw() {
    if (this.#parts) draw(this.#parts, this.#live?.get(), this.getAttribute("label"));
  }
}

interface Parts {
  root: HTMLElement;
  name: HTMLElement;
  bar: HTMLElement;
  fill: HTMLElement;
  percent: HTMLElement;
  text: HTMLElement;
  outcome: HTMLElement;
}

function build(shadow: ShadowRoot): Parts {
  const style = document.createElement("style");
  style.textContent = STYLE;
  const make = (part: string, parent: Node, tag = "div") => {
    const element = document.createElement(tag);
    element.setAttribute("part", part);
    element.className = part;
    parent.appendChild(element);
    return element;
  };
  shadow.append(style);
  const root = make("job", shadow);
  const head = make("head", root);
  const [name, percent] = [make("name", head, "span"), make("percent", head, "span")];
  // The bar says it to screen readers, with the words; seen twice is right, heard twice is not.
  percent.setAttribute("aria-hidden", "true");
  const bar = make("bar", root);
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", "100");
  const fill = make("fill", bar);
  const text = make("text", root);
  text.setAttribute("aria-hidden", "true");
  // Only the end is announced: who listens to something else is not told every percent.
  const outcome = make("outcome", root);
  outcome.setAttribute("role", "status");
  return { root, name, bar, fill, percent, text, outcome };
}

function draw({ root, name, bar, fill, percent, text, outcome }: Parts, state: LiveJobState | undefined, label: string | null) {
  const { title, value, status, said, heard, ended } = words(state, label);
  root.dataset.status = status;
  root.dataset.connection = state?.connection ?? "none";
  setText(name, title);
  bar.setAttribute("aria-label", title);
  bar.setAttribute("aria-valuetext", heard);
  // Without a value it is indeterminate, to the eye and to the ear.
  if (value === undefined) bar.removeAttribute("aria-valuenow");
  else bar.setAttribute("aria-valuenow", String(value));
  fill.style.inlineSize = `${value ?? 0}%`;
  setText(percent, value === undefined ? "" : `${Math.floor(value)} %`);
  setText(text, said);
  setText(outcome, ended);
}

/** Text that is set anew is announced anew. */
function setText(element: HTMLElement, text: string) {
  if (element.textContent !== text) element.textContent = text;
}
