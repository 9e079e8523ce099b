/** Names that clients may ask for: public models first, then what they lead to. */
import type { Principal } from "../canonical/call.ts";
import type { Config } from "../config/config.ts";
import { nearest } from "../config/nearest.ts";
import type { Route, Routes } from "../router/routes.ts";
import type { ModelDirectory, ModelEntry } from "./ports.ts";

export function modelDirectory(config: Config, routes: Routes, createdSeconds: number): ModelDirectory {
  const publicNames = new Set([...config.models.map(({ name }) => name), ...(config.bareRoutes?.listed ?? [])]);
  const direct = new Map(
    config.models.flatMap(({ targets }) => targets.map(({ target, provider }) => [target, provider] as const)),
  );
  const entries: ModelEntry[] = [
    ...[...publicNames].map((id) => ({ id, ownedBy: "evergate", createdSeconds })),
    ...[...direct].map(([id, ownedBy]) => ({ id, ownedBy, createdSeconds })),
  ];
  const byName = new Map(entries.map((entry) => [entry.id, entry]));
  return {
    list: () => entries,
    get: (name) =>
      byName.get(name) ?? (routes.find(name) && { id: name, ownedBy: ownerOf(name, config.providers), createdSeconds }),
    mayUse(name, allows) {
      const route = routes.find(name);
      return route !== undefined && mayReach(route, allows);
    },
    nearest: (name) => nearest(name, byName.keys()),
  };
}

function mayReach({ name, targets, fallbacks }: Route, allows: Principal["allows"]): boolean {
  if (!allows({ model: name })) return false;
  return targets.some(({ target }) => allows(target)) || fallbacks.some((fallback) => mayReach(fallback, allows));
}

function ownerOf(name: string, providers: Config["providers"]): string {
  const provider = name.slice(0, Math.max(0, name.indexOf("/")));
  return providers.some((one) => one.name === provider) ? provider : "evergate";
}
