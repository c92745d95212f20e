// Import this for its effect: it makes <job-progress> known to the page.
import { JobProgress } from "./job-progress.js";

export { JobProgress };

const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
if (registry && !registry.get("job-progress")) registry.define("job-progress", JobProgress);

declare global {
  interface HTMLElementTagNameMap {
    "job-progress": JobProgress;
  }
}
