// Dark or light: the system's until a person chooses.
import { createStore } from "./store.ts";

export type Theme = "system" | "light" | "dark";
const KEPT = "jobcast.theme";

export const theme = createStore<Theme>((document.documentElement.dataset.theme as Theme) ?? "system");

export function choose(next: Theme): void {
  theme.set(next);
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, next);
  } catch {
    // A browser that keeps nothing still shows what was chosen.
  }
}
