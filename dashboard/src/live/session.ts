// Who is signed in. The cookie is the browser's; the key itself is kept only in memory, for the commands to copy.
import { Refused } from "#jobcast-client";
import type { Scope } from "#jobcast-client";
import { call, get, post } from "./api.ts";
import { createStore } from "./store.ts";
import type { Session } from "../model/types.ts";

export type Who = { state: "asking" } | { state: "nobody"; why?: string } | { state: "unreachable"; why: string } | ({ state: "in" } & Session);

export const who = createStore<Who>({ state: "asking" });
export const heldKey = createStore<string | null>(null);
/** Only in memory: it goes with the page. */
export const adminToken = createStore<string | null>(null);

export async function recognise(): Promise<void> {
  who.set({ state: "asking" });
  try {
    who.set({ state: "in", ...(await get<Session>("/api/session")) });
  } catch (error) {
    if (error instanceof Refused && error.status === 401) who.set({ state: "nobody" });
    else who.set({ state: "unreachable", why: (error as Error).message });
  }
}

export async function signIn(apiKey: string): Promise<void> {
  const session = await post<Session>("/api/session", { apiKey });
  heldKey.set(apiKey);
  who.set({ state: "in", ...session });
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/api/session").catch(() => null);
  lost();
}

/** Where anybody may read, the service goes on with the public part when a session is over, and does not say so: ask it. */
export async function confirmSession(): Promise<void> {
  await get<Session>("/api/session").catch((error) => {
    if (error instanceof Refused && error.status === 401) lost("Your session is over. Sign in again.");
  });
}

export function lost(why?: string): void {
  heldKey.set(null);
  adminToken.set(null);
  who.set(why ? { state: "nobody", why } : { state: "nobody" });
}

/** Whether the key that is signed in with allows it. */
export const may = (scope: Scope): boolean => scopesOf(who.get()).includes(scope);
export const scopesOf = (now: Who): readonly Scope[] => (now.state === "in" ? now.scopes : []);
