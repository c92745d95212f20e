// How wrangler is called: on the pinned Node, without questions, and without calls home.
import { at, NODE, PINNED_ENV } from "./paths.mjs";

export const WRANGLER = [NODE, at("node_modules", "wrangler", "bin", "wrangler.js")];

const QUIET = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true", // the banner is what looks for updates
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
  WRANGLER_WRITE_LOGS: "false",
};

/** For commands that talk to Cloudflare and may ask. */
export const REMOTE_ENV = { ...PINNED_ENV, ...QUIET };

/** For commands that stay on this machine. */
export const LOCAL_ENV = {
  ...REMOTE_ENV,
  CI: "true", // never ask
  NO_COLOR: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false", // `Request.cf` is a made-up place instead of a download
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true", // or --env-file is ignored
  X_LOCAL_EXPLORER: "false",
  X_LOCAL_OBSERVABILITY: "false", // a trace collector behind every request
};
