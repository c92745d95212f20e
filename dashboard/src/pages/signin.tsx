// Signing in with an API key, and what the key may do.
import { useState } from "preact/hooks";
import { sentence } from "../live/api.ts";
import { signIn } from "../live/session.ts";
import { Logo } from "../parts/icons.tsx";
import { ThemeButton } from "../parts/shell.tsx";

export function SignIn({ why }: { why?: string | undefined }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!key.trim()) return setProblem("Enter an API key. It begins with jc_.");
    setBusy(true);
    await signIn(key.trim()).catch((error) => setProblem(sentence(error)));
    setBusy(false);
  };
  return (
    <main class="signin">
      <form onSubmit={submit} novalidate>
        <div class="row"><Logo /><span class="grow" /><ThemeButton /></div>
        <h1>Watch your jobs,<br />as they happen.</h1>
        {why && <p class="notice warn" role="status">{why}</p>}
        <label class="field">
          <span>API key</span>
          <input class="input mono" type="password" name="api-key" autocomplete="current-password" placeholder="jc_…" spellcheck={false} autofocus
            value={key} aria-invalid={problem !== null} aria-describedby="problem" onInput={(event) => { setKey(event.currentTarget.value); setProblem(null); }} />
        </label>
        <p id="problem" class="bad" role="alert">{problem}</p>
        <button class="btn primary" disabled={busy}>{busy ? "Signing in …" : "Sign in"}</button>
        <p class="faint">
          <code>npm start</code> prints a key for the default project; an operator makes others on the Keys page or with <code>npm run admin</code>.
          The key becomes a session cookie that no script can read.
        </p>
      </form>
    </main>
  );
}

export const Unreachable = ({ why, again }: { why: string; again: () => void }) => (
  <main class="signin">
    <div class="box">
      <Logo />
      <h1>No answer</h1>
      <p role="alert">{why}</p>
      <button class="btn primary" onClick={again}>Try again</button>
    </div>
  </main>
);
