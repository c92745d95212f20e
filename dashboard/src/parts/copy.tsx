// Text to take along.
import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // pages without TLS have no clipboard
  }
}

function copyBySelection(text: string): boolean {
  const area = Object.assign(document.createElement("textarea"), { value: text });
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

export function CopyButton({ text, label = "Copy", what, small = true }: { text: string; label?: string; what: string; small?: boolean }) {
  const [told, tell] = useState("");
  const copy = async () => {
    tell((await copyText(text)) ? "Copied" : "Select it by hand");
    setTimeout(() => tell(""), 1_800);
  };
  return (
    <button type="button" class={`btn ${small ? "small" : ""}`} onClick={copy} aria-label={`${label} ${what}`}>
      <Icon name="copy" />
      <span aria-live="polite">{told || label}</span>
    </button>
  );
}

export const Copyable = ({ text, what }: { text: string; what: string }) => (
  <div class="copyable">
    <pre class="block" tabIndex={0} aria-label={what}>{text}</pre>
    <CopyButton text={text} what={what} />
  </div>
);
