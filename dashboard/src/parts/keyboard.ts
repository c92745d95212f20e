// When a key is a command, and when it belongs to what is typed into.

/** False where a person types, in an open dialog, and with a modifier. */
export function typingFree(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target as HTMLElement | null;
  if (document.querySelector("dialog[open]")) return false;
  return !target?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}
