/**
 * The pages of the dashboard, in the order of the navigation. To add one:
 *
 * 1. Write `pages/<name>.tsx`, which exports a component of `PageProps`. It starts with `<PageHead title="…" />`, asks
 *    for its data by `useData(path, refreshMs)` (`api/use-data.ts`), keeps filters in the address by `useQuery`
 *    (`location.tsx`), changes things by `useAction` (`components/toast.tsx`) and asks before it destroys by
 *    `useConfirm` (`components/confirm.tsx`). Numbers go through `format.ts` and lead to the requests behind them.
 * 2. Add its line below. A page is shown in the navigation of the roles it names, and opens for them alone: a component
 *    never asks the admin API for what its reader may not see.
 *
 * Looks come from `style/`: tokens.css has the colours and sizes, the other files the classes; a page needs few of its
 * own, and no `<style>` or `style="…"` in markup, which the page's policy would refuse (Preact's style objects are fine).
 */
import type { ComponentType } from "preact";
import type { IconName } from "./components/icon.tsx";
import { Alerts } from "./pages/alerts.tsx";
import { Cache } from "./pages/cache.tsx";
import { Keys } from "./pages/keys.tsx";
import { Overview } from "./pages/overview.tsx";
import { Playground } from "./pages/playground.tsx";
import { Quality } from "./pages/quality.tsx";
import { Requests } from "./pages/requests.tsx";
import { Routes } from "./pages/routes.tsx";
import { Settings } from "./pages/settings.tsx";
import { ALL_ROLES, READERS, type Role } from "./roles.ts";

export interface PageProps {
  /** What follows the page's path, decoded: `req_1` in `/ui/requests/req_1`; "" on the page itself. */
  rest: string;
}

export interface Page {
  /** Begins with `/ui`; takes every path below it that no longer one takes. */
  path: string;
  title: string;
  icon: IconName;
  roles: readonly Role[];
  component: ComponentType<PageProps>;
}

export const PAGES: readonly Page[] = [
  { path: "/ui", title: "Overview", icon: "overview", roles: ALL_ROLES, component: Overview },
  { path: "/ui/requests", title: "Requests", icon: "requests", roles: ALL_ROLES, component: Requests },
  { path: "/ui/routes", title: "Routes", icon: "routes", roles: READERS, component: Routes },
  { path: "/ui/cache", title: "Cache", icon: "cache", roles: READERS, component: Cache },
  { path: "/ui/keys", title: "Budgets & keys", icon: "keys", roles: ALL_ROLES, component: Keys },
  { path: "/ui/quality", title: "Quality", icon: "quality", roles: READERS, component: Quality },
  { path: "/ui/alerts", title: "Alerts", icon: "alerts", roles: READERS, component: Alerts },
  { path: "/ui/settings", title: "Settings", icon: "settings", roles: ALL_ROLES, component: Settings },
  { path: "/ui/playground", title: "Playground", icon: "playground", roles: ALL_ROLES, component: Playground },
];

/** The page of a path, as far as the role has it. */
export function pageAt(path: string, role: Role): { page: Page; rest: string } | undefined {
  const found = PAGES.filter((page) => page.roles.includes(role))
    .filter((page) => path === page.path || (page.path !== "/ui" && path.startsWith(`${page.path}/`)))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return found && { page: found, rest: decoded(path.slice(found.path.length + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
