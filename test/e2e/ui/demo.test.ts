/** `evergate demo`: within a minute every page has something true to show. The script runs faster here. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { startGateway } from "../harness.ts";

const SPEED = 8;
const TEST_LIMIT_MS = 120_000;

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Row = any;

test(
  "outage, failover, cache, budgets, evals and alerts happen, and nothing is left behind",
  async () => {
    await using gateway = await startGateway({ args: ["demo", "--speed", String(SPEED)] });
    await gateway.printed(/#token=ega_\S+/);
    const token = /#token=(\S+)/.exec(gateway.output.stderr)![1]!;
    expect(gateway.output.stdout).not.toContain(token);
    const read = async (path: string) =>
      (await (await gateway.fetch(path, { headers: { authorization: `Bearer ${token}` } })).json()) as Row;
    const rows = async (path: string): Promise<Row[]> => (await read(path)).data;
    // The last thing that the script does: a key meets its budget.
    await until(async () => (await rows("/admin/requests?status=402&key=ci")).length > 0);

    expect((await read("/admin/about")).simulated).toBe(true);
    const [totals] = await rows("/admin/stats");
    expect(totals.failovers).toBeGreaterThan(0);
    // An outage that clients did not see.
    expect(totals.server_errors).toBeLessThan(totals.requests / 50);
    const attempts = await rows("/admin/stats/attempts?group_by=outcome");
    const outcomes = attempts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(expect.arrayContaining(["ok", "truncated", "server", "rate_limited", "skipped"]));
    const { exact, semantic, evidence } = await read("/admin/cache");
    expect(exact.hits).toBeGreaterThan(0);
    expect(semantic.hits).toBeGreaterThan(0);
    expect(evidence[0].verified).toBeGreaterThan(0);
    const targets = await rows("/admin/targets");
    expect(targets.some(({ reason }) => reason === "resting: drained")).toBe(true);
    expect(targets.some(({ reason }) => reason === "resting: rate_limited")).toBe(true);
    const scopes = new Set((await rows("/admin/budgets?limit=100")).map(({ scope }) => scope));
    expect([...scopes].sort()).toEqual(["customer", "gateway", "key", "team", "user"]);
    const scores = await rows("/admin/evals");
    const json = (failover: boolean) => scores.find((row) => row.eval === "json" && row.failover === failover);
    expect(json(false).mean).toBe(1);
    expect(json(true).mean).toBe(0);
    expect(new Set(scores.map((row) => row.eval))).toEqual(new Set(["json", "complete", "helpful", "user feedback"]));
    await until(async () => (await rows("/admin/alerts?state=resolved")).length > 0);
    const [alert] = await rows("/admin/alerts?state=resolved");
    expect(alert.notices.map((notice: Row) => notice.told)).toEqual(["resolved"]);

    const path = await dataPath(read);
    expect(existsSync(path)).toBe(true);
    // A terminal that is closed ends it like any other way.
    gateway.signal("SIGHUP");
    expect(await gateway.exited).toBe(0);
    expect(existsSync(path)).toBe(false);
  },
  TEST_LIMIT_MS,
);

async function dataPath(read: (path: string) => Promise<Row>): Promise<string> {
  return (await read("/admin/config")).store.path;
}

const LIMIT_MS = 60_000;
const POLL_MS = 200;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("It never came.");
    await Bun.sleep(POLL_MS);
  }
}
