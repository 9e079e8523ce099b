import type { Upstream } from "./candidates.ts";
import type { Route } from "./routes.ts";

/**
 * Whether a route leaves anything to choose by affinity: more than one target in no fixed order, or more than one key.
 * Worked out once a route: most have nothing, and their calls are not looked at.
 */
export function needsAffinity(upstreams: ReadonlyMap<string, Upstream>): (route: Route) => boolean {
  const known = new WeakMap<Route, boolean>();
  const find = (route: Route): boolean =>
    (route.strategy !== "fallback" && route.targets.length > 1) ||
    route.targets.some(({ target }) => (upstreams.get(target.provider)?.keys.serving(target.model).length ?? 0) > 1) ||
    route.fallbacks.some(find);
  return (route) => {
    const earlier = known.get(route);
    if (earlier !== undefined) return earlier;
    const needs = route.affinity !== "off" && find(route);
    known.set(route, needs);
    return needs;
  };
}
