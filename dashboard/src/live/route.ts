// Where we are: paths of the browser's history, so that every page can be linked to and reloaded.
import { createStore } from "./store.ts";

const here = (): string => location.pathname + location.search;
export const path = createStore(here());

export function go(to: string, { replace = false } = {}): void {
  if (to === here()) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  path.set(here());
  if (!replace) scrollTo(0, 0);
}

addEventListener("popstate", () => path.set(here()));

/** Links of this page are followed here; all others, and those with a modifier, by the browser. */
addEventListener("click", (event) => {
  const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.target || link.hasAttribute("download") || link.getAttribute("href")!.startsWith("#")) return;
  if (/^\/(api|queue|v1|video-status|health|openapi|reference)/.test(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
