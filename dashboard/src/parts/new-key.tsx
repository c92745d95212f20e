// A new key: for whom, what it may do, and for how long.
import { useState } from "preact/hooks";
import { sentence } from "../live/api.ts";
import { Dialog } from "./dialog.tsx";

/** The scopes of the service, with what each lets its holder do. */
const SCOPES: [string, string][] = [
  ["jobs:create", "create jobs"], ["jobs:read", "read everything"], ["jobs:read:progress", "read stages, progress"], ["jobs:poll", "poll and claim"], ["jobs:ack", "start jobs"],
  ["jobs:progress", "report progress"], ["jobs:event", "write logs, events"], ["jobs:complete", "complete"], ["jobs:fail", "fail"], ["jobs:keepalive", "keep alive"], ["jobs:kill", "kill"],
  ["jobs:manage", "retry, cancel, delete"],
];
const WORKER = ["jobs:poll", "jobs:ack", "jobs:progress", "jobs:event", "jobs:complete", "jobs:fail", "jobs:keepalive", "jobs:read"];
const PRESETS: [string, string[]][] = [
  ["Producer", WORKER], ["Viewer", ["jobs:read"]], ["Operator", ["jobs:create", "jobs:read", "jobs:kill", "jobs:manage"]], ["Everything", SCOPES.map(([scope]) => scope)],
];
const LIVES: [string, number | null][] = [["never", null], ["in 1 day", 86_400], ["in 30 days", 2_592_000], ["in 90 days", 7_776_000], ["in 1 year", 31_536_000]];

export function NewKey({ create, onClose }: { create: (asked: object) => Promise<void>; onClose: () => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(WORKER));
  const [life, setLife] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const toggle = (scope: string) => setScopes((now) => { const next = new Set(now); if (!next.delete(scope)) next.add(scope); return next; });
  const submit = async (event: Event) => {
    event.preventDefault();
    if (scopes.size === 0) return setProblem("Choose at least one scope.");
    const expires = LIVES[life]![1];
    await create({ ...(name.trim() && { name: name.trim() }), scopes: [...scopes], ...(expires && { expiresInSeconds: expires }) }).catch((error) => setProblem(sentence(error)));
  };
  return (
    <Dialog title="New key" onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <label class="field"><span>Name</span><input class="input" value={name} maxLength={200} placeholder="encoder on host 3" onInput={(event) => setName(event.currentTarget.value)} /></label>
        <div class="row wrap">{PRESETS.map(([word, set]) => <button key={word} type="button" class="btn small" aria-pressed={same(set, scopes)} onClick={() => setScopes(new Set(set))}>{word}</button>)}</div>
        <fieldset class="scopes">
          <legend>It may</legend>
          {SCOPES.map(([scope, what]) => <label key={scope} title={scope}><input type="checkbox" checked={scopes.has(scope)} onChange={() => toggle(scope)} />{what}</label>)}
        </fieldset>
        <label class="field"><span>Expires</span>
          <select class="input" value={life} onChange={(event) => setLife(Number(event.currentTarget.value))}>{LIVES.map(([word], i) => <option key={word} value={i}>{word}</option>)}</select>
        </label>
        <p class="bad" role="alert">{problem}</p>
        <div class="ends"><button type="button" class="btn" onClick={onClose}>Leave it</button><button class="btn primary">Make the key</button></div>
      </form>
    </Dialog>
  );
}

const same = (set: readonly string[], chosen: ReadonlySet<string>): boolean => set.length === chosen.size && set.every((scope) => chosen.has(scope));
