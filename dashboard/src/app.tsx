// Which page is shown, to whom.
import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { startFeed, stopFeed } from "./live/feed.ts";
import { path } from "./live/route.ts";
import { recognise, who } from "./live/session.ts";
import { useStore } from "./live/store.ts";
import { ActivityPage } from "./pages/activity.tsx";
import { FirstRunPage } from "./pages/first-run.tsx";
import { JobPage } from "./pages/job.tsx";
import { JobsPage } from "./pages/jobs.tsx";
import { KeysPage } from "./pages/keys.tsx";
import { SignIn, Unreachable } from "./pages/signin.tsx";
import { Empty } from "./parts/empty.tsx";
import { Shell } from "./parts/shell.tsx";

export function App() {
  const now = useStore(who);
  const here = useStore(path);
  useEffect(() => void recognise(), []);
  useEffect(() => {
    if (now.state !== "in") return stopFeed();
    startFeed();
    return stopFeed;
  }, [now.state]);
  if (now.state === "asking") return <p class="sr" role="status">Loading</p>;
  if (now.state === "unreachable") return <Unreachable why={now.why} again={recognise} />;
  if (now.state === "nobody") return <SignIn why={now.why} />;
  return <Shell path={here}><Page at={here} /></Shell>;
}

function Page({ at }: { at: string }) {
  const url = new URL(at, location.origin);
  // Nothing in an id needs decoding, and not all that somebody mistypes can be decoded.
  const job = /^\/jobs\/([^/]+)$/.exec(url.pathname)?.[1];
  if (job) return <JobPage key={job} id={job} />;
  switch (url.pathname) {
    case "/": return <JobsPage query={url.searchParams} />;
    case "/activity": return <ActivityPage />;
    case "/throughput": return <Later load={() => import("./pages/throughput.tsx").then((page) => page.ThroughputPage)} />;
    case "/keys": return <KeysPage />;
    case "/start": return <FirstRunPage />;
    default: return <Empty title="There is no such page"><p>The address may be mistyped. <a href="/">All jobs</a></p></Empty>;
  }
}

/** The plots bring a library that the first page should not wait for. */
function Later({ load }: { load: () => Promise<ComponentType> }) {
  const [Loaded, show] = useState<ComponentType | null>(null);
  const [failed, fail] = useState(false);
  useEffect(() => void load().then((page) => show(() => page), () => fail(true)), []);
  if (failed) return <Empty title="This page could not be loaded"><p>The network may be gone, or a newer version was deployed. <a href={location.href} target="_self">Load it again</a></p></Empty>;
  return Loaded ? <Loaded /> : <p class="sr" role="status">Loading</p>;
}
