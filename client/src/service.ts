// Where the service is, and what opens its doors.

export interface Service {
  /** Base address, as `https://jobcast.example`. In a page that the service itself serves it may be left out. */
  url?: string;
  /** API key `jc_…`. Keep it on servers: a page uses tokens, a project key, or a session. */
  key?: string;
  /** In place of the global one. */
  fetch?: typeof fetch;
  /** Whether cookies go along to another origin; the default is the browser's (`same-origin`). */
  credentials?: RequestCredentials;
}

export function base({ url }: Service): string {
  const place = url ?? (globalThis as { location?: { origin?: string } }).location?.origin;
  if (!place || place === "null") throw new TypeError("Where is the service? Give `url`, as https://jobcast.example.");
  return place.replace(/\/+$/, "");
}

export const keyHeader = ({ key }: Service): Record<string, string> => (key ? { "x-api-key": key } : {});

/** Calls it free: a browser's `fetch` refuses to be the method of anything but the window. */
export function fetchOf({ fetch: own }: Service): typeof fetch {
  return own ?? ((input, init) => globalThis.fetch(input, init));
}
