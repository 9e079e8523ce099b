/** Fallback models chain; a chain that comes back to itself would never end. */

/** Each cycle once, as the models on it in order, beginning with the one declared first. Unknown names end a chain. */
export function fallbackCycles(fallbacks: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  const visit = (model: string) => {
    const at = trail.indexOf(model);
    if (at >= 0) cycles.push(trail.slice(at));
    if (at >= 0 || done.has(model)) return;
    trail.push(model);
    for (const next of fallbacks.get(model) ?? []) visit(next);
    trail.pop();
    done.add(model);
  };
  for (const model of fallbacks.keys()) visit(model);
  return cycles;
}
