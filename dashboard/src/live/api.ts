// One call to the service, with the session's cookie or the admin token.

/** The service understood and said no, or could not be reached (`status` 0). */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;

  constructor(status: number, code: string, message: string, requestId: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

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
    throw new Refused(0, "unreachable", "The service cannot be reached. Is this machine online?");
  });
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer as T;
  throw new Refused(response.status, answer?.code ?? "unknown", answer?.error ?? `The service answered ${response.status}.`, answer?.requestId);
}

export const get = <T>(path: string, asked?: Asked): Promise<T> => call<T>("GET", path, asked);
export const post = <T>(path: string, json?: unknown, asked?: Asked): Promise<T> => call<T>("POST", path, { ...asked, json });
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
