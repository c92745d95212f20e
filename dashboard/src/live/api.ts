// One call to the service, with the session's cookie or the admin token.

import { Refused } from "#jobcast-client";

export interface Asked {
  json?: unknown;
  bearer?: string;
  /** No cookie: what anybody would be told. */
  anonymous?: boolean;
  keepalive?: boolean;
  signal?: AbortSignal;
}

export async function call<T>(method: string, path: string, { json, bearer, anonymous, keepalive, signal }: Asked = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (json !== undefined) headers["content-type"] = "application/json";
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  const init: RequestInit = { method, headers, credentials: anonymous || bearer ? "omit" : "same-origin", body: json === undefined ? null : JSON.stringify(json) };
  if (keepalive) init.keepalive = true;
  if (signal) init.signal = signal;
  const response = await fetch(path, init).catch((error: Error) => {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { error: "The service cannot be reached. Is this machine online?", code: "unreachable" });
  });
  if (!response.ok) throw await Refused.from(response);
  return response.json();
}

export const get = <T>(path: string, asked?: Asked): Promise<T> => call<T>("GET", path, asked);
export const post = <T>(path: string, json?: unknown, asked?: Asked): Promise<T> => call<T>("POST", path, { ...asked, json });
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
