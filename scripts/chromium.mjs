// The browser that tests and screenshots drive.
import { existsSync } from "node:fs";
import { Refusal } from "./step.mjs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

export const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function findChromium() {
  const found = process.env.CHROMIUM || PLACES.find((place) => existsSync(place));
  if (!found) throw new Refusal("No Chromium found. Install one (on Debian: apt-get install chromium), or name it: CHROMIUM=/path/to/chromium");
  return found;
}
