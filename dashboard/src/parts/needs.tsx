// What a page says to a key that may not see all of it.
import type { ComponentChildren } from "preact";
import type { Scope } from "#jobcast-client";

export const Needs = ({ scope, children }: { scope: Scope; children: ComponentChildren }) => (
  <p class="notice" role="note">{children} Sign in with a key that has <code>{scope}</code>.</p>
);
