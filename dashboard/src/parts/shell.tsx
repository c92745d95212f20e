// The frame around every page: where one can go, how the connection is, who is signed in.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { deletePending } from "../live/actions.ts";
import { table } from "../live/feed.ts";
import { go } from "../live/route.ts";
import { signOut } from "../live/session.ts";
import { useStore } from "../live/store.ts";
import { choose, theme } from "../live/theme.ts";
import type { Theme } from "../live/theme.ts";
import { count } from "../model/format.ts";
import { ConnectionState } from "./connection.tsx";
import { Questions } from "./dialog.tsx";
import { Help } from "./help.tsx";
import { Icon, Logo } from "./icons.tsx";
import type { IconName } from "./icons.tsx";
import { typingFree } from "./keyboard.ts";
import { Toasts } from "./toasts.tsx";

const PLACES: [string, string, IconName, string][] = [
  ["/", "Jobs", "jobs", "j"], ["/activity", "Activity", "activity", "a"], ["/throughput", "Throughput", "plots", "t"], ["/keys", "Keys", "keys", "k"], ["/start", "First job", "start", "s"],
];

const isHere = (place: string, path: string): boolean => (place === "/" ? path === "/" || path.startsWith("/jobs/") || path.startsWith("/?") : path.startsWith(place));

function Nav({ path, label }: { path: string; label: string }) {
  const running = useStore(table, (now) => now.stats?.running ?? 0);
  return (
    <nav class="nav" aria-label={label}>
      {PLACES.map(([place, name, icon]) => (
        <a key={place} href={place} aria-current={isHere(place, path) ? "page" : undefined}>
          <Icon name={icon} />
          {name}
          {place === "/" && running > 0 && <span class="n" title={`${running} running`}>{count(running)}</span>}
        </a>
      ))}
    </nav>
  );
}

const NEXT: Record<Theme, [Theme, IconName, string]> = {
  system: ["light", "auto", "Theme: as the system. Switch to light"], light: ["dark", "sun", "Theme: light. Switch to dark"], dark: ["system", "moon", "Theme: dark. Follow the system"],
};

export function ThemeButton() {
  const [next, icon, label] = NEXT[useStore(theme)];
  return <button type="button" class="btn plain icon" title={label} aria-label={label} onClick={() => choose(next)}><Icon name={icon} /></button>;
}

const leave = (): Promise<void> => deletePending().then(signOut);

function Tools({ help }: { help: () => void }) {
  return (
    <>
      <ThemeButton />
      <button type="button" class="btn plain icon" title="Keyboard (?)" aria-label="Keyboard shortcuts" onClick={help}><Icon name="help" /></button>
      <button type="button" class="btn plain icon" title="Sign out" aria-label="Sign out" onClick={leave}><Icon name="leave" /></button>
    </>
  );
}

export function Shell({ path, children }: { path: string; children: ComponentChildren }) {
  const [help, showHelp] = useState(false);
  useGlobalKeys(() => showHelp(true));
  useArrival(path);
  const open = () => showHelp(true);
  return (
    <div class="shell">
      <a class="skip" href="#main">Skip to the page</a>
      <aside class="side" aria-label="Jobcast">
        <a class="brand" href="/"><Logo />Jobcast</a>
        <Nav path={path} label="Pages" />
        <div class="foot">
          <a class="aside" href="/reference"><Icon name="code" />API reference</a>
          <ConnectionState />
          <div class="tools"><Tools help={open} /></div>
        </div>
      </aside>
      <header class="topbar">
        <a class="brand" href="/" aria-label="Jobcast, all jobs"><Logo />Jobcast</a>
        <ConnectionState chip />
        <Tools help={open} />
      </header>
      <main class="main" id="main" tabIndex={-1}>{children}</main>
      <div class="tabbar"><Nav path={path} label="Pages, below" /></div>
      <Questions />
      {help && <Help onClose={() => showHelp(false)} />}
      <Toasts />
    </div>
  );
}

/** A reader that hears the page is taken to the new one, and the window says its name. */
function useArrival(path: string): void {
  const place = path.split("?")[0]!;
  const first = useRef(true);
  useEffect(() => {
    const name = PLACES.find(([to]) => to === place)?.[1];
    if (name) document.title = `${name} · Jobcast`;
    if (!first.current) document.getElementById("main")?.focus({ preventScroll: true });
    first.current = false;
  }, [place]);
}

/** “g j” and its like, and “?”. */
function useGlobalKeys(help: () => void): void {
  useEffect(() => {
    let going = 0;
    const press = (event: KeyboardEvent) => {
      if (!typingFree(event)) return;
      const place = Date.now() - going < 1_200 && PLACES.find(([, , , key]) => key === event.key);
      going = event.key === "g" ? Date.now() : 0;
      if (place) {
        event.stopImmediatePropagation();
        go(place[0]);
      } else if (event.key === "?") help();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

