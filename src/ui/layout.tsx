/** What surrounds every page: the way to the others, who is signed in, and whether all of this is real. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useData } from "./api/use-data.ts";
import { Icon } from "./components/icon.tsx";
import { ThemeToggle } from "./components/theme-toggle.tsx";
import { useAction } from "./components/toast.tsx";
import { useLocation } from "./location.tsx";
import { PAGES } from "./pages.tsx";
import { useHolder, useSession } from "./session.tsx";

interface About {
  version: string;
  simulated: boolean;
}

/** @param current the page's path. */
export function Layout({ current, children }: { current: string | undefined; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const { path } = useLocation();
  const about = useData<About>("/admin/about").data;
  // Whoever went somewhere has no more use of the menu.
  useEffect(() => setOpen(false), [path]);
  return (
    <div class="layout">
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <header class="side">
        <div class="side-head">
          <a class="brand" href="/ui">
            <Icon name="brand" />
            Evergate
          </a>
          <button
            type="button"
            class="button quiet menu-button"
            aria-expanded={open}
            aria-controls="navigation"
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? "close" : "menu"} />
            Menu
          </button>
        </div>
        <div id="navigation" class={open ? "side-body open" : "side-body"}>
          <Navigation current={current} />
          <div class="side-foot">
            <SignedIn />
            <ThemeToggle />
            <p class="muted small">
              <a href="/docs">API reference</a>
              {about && <span class="version"> {about.version.replace(/\+.*/, "")}</span>}
            </p>
          </div>
        </div>
      </header>
      <div class="content">
        {about?.simulated && (
          <aside class="banner" aria-label="Simulated">
            <Icon name="info" />
            <span>
              <strong>Simulated.</strong> No provider is called and nothing costs money.
            </span>
          </aside>
        )}
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

function Navigation({ current }: { current: string | undefined }) {
  const { role } = useHolder();
  return (
    <nav aria-label="Pages">
      <ul class="nav">
        {PAGES.filter(({ roles }) => roles.includes(role)).map(({ path, title, icon }) => (
          <li key={path}>
            <a href={path} aria-current={path === current ? "page" : undefined}>
              <Icon name={icon} />
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SignedIn() {
  const { signOut } = useSession();
  const { name, role, team } = useHolder();
  const action = useAction();
  return (
    <div class="signed-in">
      <p class="small signed-in-name" title={name}>
        {name}
      </p>
      <p class="small muted">{team === undefined ? role : `team ${team}`}</p>
      <button type="button" class="button quiet small" onClick={() => void action(() => signOut())}>
        Sign out
      </button>
    </div>
  );
}
