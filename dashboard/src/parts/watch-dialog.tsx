// The command, or the lines of a page, that watch exactly this job. A reader without a key needs a token where the project is not
// public, and always for lines, checkpoints and custom events.
import { useEffect, useState } from "preact/hooks";
import { get, post, sentence } from "../live/api.ts";
import { curlStream, eventSource } from "../model/snippets.ts";
import { date } from "../model/format.ts";
import { CopyButton } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";

interface Token {
  token: string;
  expiresAt: string;
  url: string;
}

type Reach = "public" | "jobs:read:progress" | "jobs:read";

/** Whether anybody at all may read it: asked as nobody. */
const isPublic = (id: string): Promise<boolean> => get(`/api/v1/jobs/${id}/events?limit=1`, { anonymous: true }).then(() => true, () => false);

export function WatchDialog({ id, scopes, onClose }: { id: string; scopes: readonly string[]; onClose: () => void }) {
  const [open, setOpen] = useState<boolean | null>(null);
  const [reach, setReach] = useState<Reach | null>(null);
  const [token, setToken] = useState<Token | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => void isPublic(id).then((answer) => { setOpen(answer); setReach(answer ? "public" : "jobs:read:progress"); }), []);
  useEffect(() => {
    setToken(null);
    setProblem(null);
    if (reach === null || reach === "public") return;
    post<Token>(`/api/v1/jobs/${id}/tokens`, { ttlSeconds: 3600, scopes: [reach] }).then(setToken, (error) => setProblem(sentence(error)));
  }, [reach]);
  const url = reach === "public" ? `${location.origin}/api/v1/jobs/${id}/events` : token?.url;
  const choice = (value: Reach, text: string) => (
    <label class="row"><input type="radio" name="reach" checked={reach === value} onChange={() => setReach(value)} />{text}</label>
  );
  return (
    <Dialog title="Watch this job from elsewhere" onClose={onClose}>
      <fieldset class="scopes" style={{ gridTemplateColumns: "1fr" }}>
        <legend>What the reader sees</legend>
        {open && choice("public", "Stages and progress, open to anybody")}
        {open === false && choice("jobs:read:progress", "Stages and progress, by a token for one hour")}
        {scopes.includes("jobs:read") && choice("jobs:read", "Lines and checkpoints too, by a token for one hour")}
      </fieldset>
      {problem && <p class="bad" role="alert">{problem}</p>}
      {url && <><Snippet heading="In a terminal" text={curlStream(url)} what="the curl command" /><Snippet heading="In a page" text={eventSource(url)} what="the EventSource snippet" /></>}
      {token && reach !== "public" && <p class="faint">The token reads this job only, until {date(token.expiresAt)}. Whoever has the address can read it.</p>}
      <div class="ends"><button type="button" class="btn" onClick={onClose}>Done</button></div>
    </Dialog>
  );
}

const Snippet = ({ heading, text, what }: { heading: string; text: string; what: string }) => (
  <section class="stack" style={{ gap: "8px" }} aria-label={heading}>
    <div class="row"><h3 class="grow">{heading}</h3><CopyButton text={text} what={what} /></div>
    <pre class="block" tabIndex={0} aria-label={what}>{text}</pre>
  </section>
);
