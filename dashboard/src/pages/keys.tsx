// Keys of a project, for whoever has the admin token. The token lives in this page's memory and nowhere else.
import { useEffect, useState } from "preact/hooks";
import { call, get, post, sentence } from "../live/api.ts";
import { say } from "../live/actions.ts";
import { adminToken, scopesOf, who } from "../live/session.ts";
import { useNow, useStore } from "../live/store.ts";
import { ago, date } from "../model/format.ts";
import type { Key, Project } from "../model/types.ts";
import { CopyButton, Copyable } from "../parts/copy.tsx";
import { ask, Dialog } from "../parts/dialog.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { NewKey } from "../parts/new-key.tsx";

export function KeysPage() {
  const token = useStore(adminToken);
  return (
    <>
      <div class="pagehead">
        <h1>Keys</h1>
        {token && <button type="button" class="btn" onClick={() => adminToken.set(null)}>Forget the admin token</button>}
      </div>
      <div class="stack">
        <YourKey />
        {token ? <Projects token={token} /> : <TokenForm />}
      </div>
    </>
  );
}

function YourKey() {
  const now = useStore(who);
  const scopes = scopesOf(now);
  if (now.state !== "in") return null;
  return (
    <section class="card" aria-label="Your session">
      <header><h2>Your session</h2><span class="faint">until {date(now.expiresAt)}</span></header>
      <div class="pad stack" style={{ gap: "10px" }}>
        <p class="quiet">Project <code>{now.projectId}</code>. The key that you signed in with may:</p>
        <Scopes of={scopes} />
      </div>
    </section>
  );
}

const Scopes = ({ of }: { of: readonly string[] }) => <div class="tags">{of.map((scope) => <span key={scope} class="tag mono">{scope}</span>)}</div>;

function TokenForm() {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return setProblem("Enter the admin token.");
    await get("/api/projects", { bearer: text.trim() }).then(() => adminToken.set(text.trim()), (error) => setProblem(sentence(error)));
  };
  return (
    <section class="card" aria-label="Admin token">
      <header><h2>Make and revoke keys</h2></header>
      <form class="pad stack" onSubmit={submit} style={{ maxWidth: "460px" }}>
        <p class="quiet">This takes the operator’s admin token (<code>ADMIN_TOKEN</code>). It is kept in the memory of this page only, and is gone when you leave or reload it.</p>
        <label class="field"><span>Admin token</span>
          <input class="input mono" type="password" autocomplete="off" value={text} aria-describedby="admin-problem" onInput={(event) => { setText(event.currentTarget.value); setProblem(null); }} />
        </label>
        <p id="admin-problem" class="bad" role="alert">{problem}</p>
        <div><button class="btn primary">Continue</button></div>
      </form>
    </section>
  );
}

function Projects({ token }: { token: string }) {
  const session = useStore(who);
  const [projects, setProjects] = useState<Project[]>([]);
  const [id, setId] = useState(session.state === "in" ? session.projectId : "");
  const load = () => get<{ projects: Project[] }>("/api/projects", { bearer: token }).then((answer) => setProjects(answer.projects), (error) => say(sentence(error), { bad: true }));
  useEffect(() => void load(), [token]);
  const project = projects.find((one) => one.id === id);
  return (
    <>
      <label class="field" style={{ maxWidth: "360px" }}><span>Project</span>
        <select class="input" value={id} onChange={(event) => setId(event.currentTarget.value)}>
          {projects.map((one) => <option key={one.id} value={one.id}>{one.name}{one.isDefault && one.name !== "default" ? " (default)" : ""}</option>)}
        </select>
      </label>
      {project && <About project={project} />}
      {id && <Keys key={id} token={token} project={id} />}
    </>
  );
}

const About = ({ project }: { project: Project }) => (
  <p class="quiet row wrap">
    <span>{project.publicRead ? "Anybody may read stages and progress." : "Reading needs a key or a token."} Finished logs are kept for {project.retentionHours} h. Project key</span>
    <code>{project.projectKey}</code><CopyButton text={project.projectKey} what="the project key" />
  </p>
);

function Keys({ token, project }: { token: string; project: string }) {
  const [keys, setKeys] = useState<Key[] | null>(null);
  const [making, make] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const path = `/api/projects/${project}/keys`;
  const load = () => get<{ keys: Key[] }>(path, { bearer: token }).then((answer) => setKeys(answer.keys), (error) => say(sentence(error), { bad: true }));
  useEffect(() => void load(), []);
  const create = async (asked: object) => {
    const { key } = await post<{ key: string }>(path, asked, { bearer: token });
    make(false);
    setMade(key);
    void load();
  };
  const revoke = async (key: Key) => {
    const sure = await ask({ title: `Revoke ${key.name ?? key.prefix}?`, text: "Whoever uses it is refused within 20 seconds, and its streams end. This cannot be undone.", yes: "Revoke" });
    if (sure === null) return;
    await call("DELETE", `${path}/${key.id}`, { bearer: token }).then(() => say(`${key.name ?? key.prefix} is revoked.`), (error) => say(sentence(error), { bad: true }));
    void load();
  };
  return (
    <section class="card" aria-label="API keys">
      <header><h2>API keys</h2><button type="button" class="btn small" onClick={() => make(true)}><Icon name="plus" />New key</button></header>
      {keys === null && <p class="pad faint" role="status">Loading …</p>}
      {keys?.length === 0 && <Empty title="No keys"><p>This project has none. Make one, with the scopes that its holder needs and no others.</p></Empty>}
      {keys && keys.length > 0 && <Table keys={keys} revoke={revoke} />}
      {making && <NewKey create={create} onClose={() => make(false)} />}
      {made && <Shown secret={made} onClose={() => setMade(null)} />}
    </section>
  );
}

function Table({ keys, revoke }: { keys: Key[]; revoke: (key: Key) => void }) {
  const now = useNow(30_000);
  const over = (key: Key) => (key.revokedAt ? `revoked ${ago(key.revokedAt, now)}` : key.expiresAt && Date.parse(key.expiresAt) < now ? "expired" : null);
  return (
    <table class="keys">
      <thead><tr><th scope="col">Name</th><th scope="col">Scopes</th><th scope="col">Last used</th><th scope="col">Expires</th><th scope="col"><span class="sr">Actions</span></th></tr></thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id} class={over(key) ? "over" : ""}>
            <td><b>{key.name ?? "Unnamed"}</b><br /><code class="faint">{key.prefix}…</code></td>
            <td>{key.scopes.length >= 12 ? <span class="tag">every scope</span> : <Scopes of={key.scopes} />}</td>
            <td data-label="Last used" title={date(key.lastUsedAt)}>{ago(key.lastUsedAt, now)}</td>
            <td data-label="Expires">{over(key) ?? (key.expiresAt ? date(key.expiresAt) : "never")}</td>
            <td>{!over(key) && <button type="button" class="btn small danger" onClick={() => revoke(key)} aria-label={`Revoke ${key.name ?? key.prefix}`}>Revoke</button>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const Shown = ({ secret, onClose }: { secret: string; onClose: () => void }) => (
  <Dialog title="The new key" onClose={onClose}>
    <p class="quiet">It is shown this once: only its hash is kept. Copy it now.</p>
    <Copyable text={secret} what="the new API key" />
    <div class="ends"><button type="button" class="btn primary" onClick={onClose}>I have it</button></div>
  </Dialog>
);
