/** Takes a recorded decision again, from nothing but what is written in it. */
import { expect } from "bun:test";
import type { Decision } from "../../src/canonical/record.ts";
import { createKeyPool } from "../../src/router/keys.ts";
import { type Ranking, rank } from "../../src/router/rank.ts";

/** Returns whether a target with an open breaker was tried, which only happens when there is none without. */
export function expectSameAgain(decision: Decision): boolean {
  // As it comes back from the log.
  const { seed, inputs, candidates, chosen } = JSON.parse(JSON.stringify(decision)) as Decision;
  const [own] = inputs!;
  const ranking = { ...own!, seed } as Omit<Ranking, "order">;
  const asWritten = own!.strategy === "fallback" || own!.names.length === 1;
  const order = asWritten ? own!.names : rank(ranking).map((index) => own!.names[index]!);
  expect([...new Set(candidates.map(({ target }) => target))]).toEqual([...order]);
  if (!chosen) return false;

  const free = candidates.filter(({ skipped }) => skipped === undefined);
  const first = order.find((name) => free.some(({ target }) => target === name));
  const row = candidates.find(({ target, key }) => target === chosen.target && key === chosen.key)!;
  const opened = row.skipped?.startsWith("breaker open") ?? false;
  if (opened && chosen.kind !== "retry") expect(first).toBeUndefined();
  if (chosen.kind === "retry" || first === undefined) return opened;

  expect(chosen).toMatchObject({ target: first, waitMs: 0 });
  const rows = free.filter(({ target }) => target === first);
  if (own!.affinity === undefined && own!.strategy !== "fallback") {
    expect(rows.map(({ key }) => key)).toContain(chosen.key);
    return opened;
  }
  const { affinity } = own!;
  if (affinity === undefined) return opened;
  const pool = createKeyPool(rows.map(({ key, weight }) => ({ name: key!, secret: "", weight: weight! })));
  const load = ({ name, weight }: { name: string; weight: number }) =>
    (rows.find(({ key }) => key === name)!.inFlight! + 1) / weight;
  expect(pool.pick("m", () => true, { affinity, seed, load })?.name).toBe(chosen.key);
  return opened;
}
