/** The cache on the compiled binary: what is served from it, to whom, and what never is. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type Gateway, type StartOptions, startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const ADMIN = "ega_for-the-cache-tests-0123456789";
const admin = { authorization: `Bearer ${ADMIN}` };

let main: Upstream;
let judge: Upstream;
beforeAll(() => {
  main = upstream({ dialect: "openai-chat", keepRequests: 1_000 });
  judge = upstream({ dialect: "openai-chat", answer: "YES", keepRequests: 1_000 });
});
afterAll(() => {
  main.stop();
  judge.stop();
});

interface Setting {
  cache: object;
  models?: object;
  keys?: object;
  more?: object;
}

function configOf({ cache, models, keys, more }: Setting): string {
  return JSON.stringify({
    server: { adminToken: { env: "ADMIN" } },
    providers: {
      main: { type: "openai-compatible", baseUrl: `${main.url}/v1`, keys: ["sk-main"] },
      judge: { type: "openai-compatible", baseUrl: `${judge.url}/v1`, keys: ["sk-judge"] },
    },
    models: models ?? { fast: ["main/gpt-4o"], arbiter: ["judge/gpt-4o-mini"] },
    cache,
    ...(keys && { access: { keys } }),
    ...more,
  });
}

function start(setting: Setting, options: StartOptions = {}): Promise<Gateway> {
  return startGateway({
    ...options,
    args: ["serve", "--config", "gateway.config.json"],
    files: { "gateway.config.json": configOf(setting) },
    env: { ADMIN },
  });
}

type Content = string | { role: string; content: string }[];

function body(content: Content, more: object = {}): string {
  const messages = typeof content === "string" ? [{ role: "user", content }] : content;
  return JSON.stringify({ model: "fast", messages, ...more });
}

interface Asked {
  status: number;
  cache: string | null;
  attempts: string | null;
  id: string;
  headers: Headers;
  text: string;
}

async function ask(
  gateway: Gateway,
  content: Content,
  { more, headers = {} }: { more?: object; headers?: Record<string, string> } = {},
): Promise<Asked> {
  const response = await gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body(content, more),
  });
  return {
    status: response.status,
    cache: response.headers.get("x-evergate-cache"),
    attempts: response.headers.get("x-evergate-attempts"),
    id: response.headers.get("x-evergate-request-id") ?? "",
    headers: response.headers,
    text: await response.text(),
  };
}

interface CacheView {
  embedding: string;
  spaces: { entries: number; semantic_entries: number; indexed_entries: number }[];
  exact: { hits: number; saved_output_tokens: number };
  semantic: { hits: number };
  verified: number;
  wrong: number;
  evidence: { who: string; judged: boolean; summary: string; verified: number; drifted_at: string | null }[];
}

async function view(gateway: Gateway): Promise<CacheView> {
  return (await gateway.fetch("/admin/cache", { headers: admin })).json() as Promise<CacheView>;
}

/** The model takes a moment to load, and what is learnt is learnt in the background. */
async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    if (performance.now() > deadline) throw new Error(`never came: ${JSON.stringify(value)}`);
    await Bun.sleep(10);
  }
}

const ready = (gateway: Gateway) =>
  until(
    () => view(gateway),
    ({ embedding }) => embedding === "ready",
  );

describe("equal requests", () => {
  test("streamed or not, in either dialect, get one answer; it costs nothing and survives a restart", async () => {
    const cwd = await mkdtemp(`${tmpdir()}/evergate-cache-`);
    const before = main.requests.length;
    const first = await start({ cache: {} }, { cwd });
    const miss = await ask(first, "Name five numbers", { more: { max_tokens: 50 } });
    expect([miss.status, miss.cache, miss.attempts]).toEqual([200, "miss", "1"]);
    const hit = await ask(first, "Name five numbers", { more: { max_tokens: 50 } });
    expect([hit.cache, hit.attempts, hit.headers.get("x-evergate-cost-usd")]).toEqual(["exact", "0", "0"]);
    expect(hit.headers.get("x-evergate-model")).toBe("main/gpt-4o");
    expect(hit.headers.get("age")).toMatch(/^[0-9]$/);
    const { id, choices } = JSON.parse(miss.text);
    const [{ message: said, finish_reason }] = choices;
    expect(JSON.parse(hit.text)).toMatchObject({
      id,
      choices: [{ message: { role: "assistant", content: said.content }, finish_reason }],
      usage: { total_tokens: JSON.parse(miss.text).usage.total_tokens },
    });
    const more = { stream: true, max_tokens: 50, user: "somebody", metadata: { any: "thing" } };
    const streamed = await ask(first, "Name five numbers", { more });
    expect(streamed.cache).toBe("exact");
    expect(streamed.text).toContain("one two three four five");
    expect(streamed.text).toEndWith("data: [DONE]\n\n");
    expect(await first.stop()).toBe(0);

    await using again = await start({ cache: {} }, { cwd });
    const message = await again.fetch("/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "fast",
        max_tokens: 50,
        messages: [{ role: "user", content: [{ type: "text", text: "Name five numbers" }] }],
      }),
    });
    expect(message.headers.get("x-evergate-cache")).toBe("exact");
    expect(await message.json()).toMatchObject({
      type: "message",
      content: [{ type: "text", text: "one two three four five" }],
      stop_reason: "end_turn",
    });
    expect(main.requests.length - before).toBe(1);
    rmSync(cwd, { recursive: true, force: true });
  });

  test("a hundred at once make one upstream call, streams among them", async () => {
    using slow = upstream({ dialect: "openai-chat", faults: { tokenDelayMs: 20 }, keepRequests: 1_000 });
    const config = JSON.parse(configOf({ cache: {} })) as { providers: { main: { baseUrl: string } } };
    config.providers.main.baseUrl = `${slow.url}/v1`;
    await using gateway = await startGateway({
      args: ["serve", "--config", "c.json"],
      files: { "c.json": JSON.stringify(config) },
      env: { ADMIN },
    });
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => ask(gateway, "All together now", { more: { stream: i % 2 === 0 } })),
    );
    expect(slow.requests.length).toBe(1);
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect(all.filter(({ cache }) => cache === "exact")).toHaveLength(99);
    for (const { text } of all) expect(text).toContain("five");
  });

  test("off, refresh and only do what they say", async () => {
    await using gateway = await start({ cache: {} });
    const wish = (value: string) => ask(gateway, "A wish", { headers: { "x-evergate-cache": value } });
    const missing = await wish("only");
    expect([missing.status, JSON.parse(missing.text).error.code]).toEqual([504, "not_cached"]);
    expect((await wish("off")).cache).toBe("off");
    expect((await wish("only")).status).toBe(504);
    expect((await wish("refresh")).cache).toBe("miss");
    expect((await wish("only")).cache).toBe("exact");
    expect((await wish("refresh")).attempts).toBe("1");
    expect((await ask(gateway, "A wish")).cache).toBe("exact");
  });

  test("case and white space count, cut answers and errors are not kept, a model may be left out", async () => {
    const models = {
      fast: { targets: ["main/gpt-4o"] },
      fresh: { targets: ["main/gpt-4o"], cache: false },
    };
    await using gateway = await start({ cache: {}, models });
    await ask(gateway, "Case counts");
    expect((await ask(gateway, "case counts")).cache).toBe("miss");
    expect((await ask(gateway, "Case counts ")).cache).toBe("miss");
    await ask(gateway, "Cut it", { more: { max_tokens: 2 } });
    expect((await ask(gateway, "Cut it", { more: { max_tokens: 2 } })).cache).toBe("miss");
    await ask(gateway, "Case counts", { more: { model: "fresh" } });
    expect((await ask(gateway, "Case counts", { more: { model: "fresh" } })).cache).toBe("off");
  });

  test("without a cache block nothing is kept and no file is made", async () => {
    await using gateway = await startGateway({ env: { ADMIN } });
    await ask(gateway, "Twice", { more: { model: "gpt-4o" } });
    expect((await ask(gateway, "Twice", { more: { model: "gpt-4o" } })).cache).toBe("off");
    expect(await Bun.file(`${gateway.cwd}/evergate-data/cache.db`).exists()).toBe(false);
  });

  test("tenants never see each other's answers; a team may share", async () => {
    const keys = {
      a: { secret: "secret-of-a", team: "t" },
      b: { secret: "secret-of-b", team: "t" },
      c: { secret: "secret-of-c" },
    };
    const more = { access: { teams: { t: {} }, keys } };
    const as = (gateway: Gateway, key: string) =>
      ask(gateway, "Whose is it?", { headers: { authorization: `Bearer secret-of-${key}` } });
    await using alone = await start({ cache: { semantic: { mode: "on" } }, more });
    await ready(alone);
    expect((await as(alone, "a")).cache).toBe("miss");
    expect((await as(alone, "b")).cache).toBe("miss");
    expect((await as(alone, "a")).cache).toBe("exact");
    await using shared = await start({ cache: { scope: "team" }, more });
    await as(shared, "a");
    expect((await as(shared, "b")).cache).toBe("exact");
    expect((await as(shared, "c")).cache).toBe("miss");
  });
});

describe("requests that mean the same", () => {
  test("are served in mode on; near misses, other conversations, tools and moments are not; all is explained", async () => {
    await using gateway = await start({ cache: { semantic: { mode: "on" } } });
    await ready(gateway);
    const stored = ["Please cancel order 48213", "How can I delete a large directory quickly?", "What is the weather?"];
    for (const question of stored) await ask(gateway, question);
    await until(
      () => view(gateway),
      ({ spaces }) => spaces[0]?.indexed_entries === 3,
    );

    const canonical = await ask(gateway, "cancel order 48213");
    expect(canonical.cache).toBe("semantic;score=1.000");
    const neighbour = await ask(gateway, "How can I remove a big directory rapidly?");
    expect(neighbour.cache).toMatch(/^semantic;score=(0\.\d{3}|1\.000)$/);
    expect(neighbour.text).toContain("one two three four five");

    const trap = await ask(gateway, "cancel order 48231");
    expect(trap.cache).toBe("miss");
    const explained = await gateway.fetch(`/admin/cache/explain?request_id=${trap.id}`, { headers: admin });
    expect(await explained.json()).toMatchObject({
      status: "miss",
      considered: [{ level: 0, reason: "numbers: 48231 / 48213" }, {}, {}],
    });
    const earlier = [
      { role: "user", content: "I talk of the large shop" },
      { role: "assistant", content: "Yes?" },
      { role: "user", content: "cancel order 48213" },
    ];
    expect((await ask(gateway, earlier)).cache).toBe("miss");
    expect((await ask(gateway, [{ role: "system", content: "Be rude" }, earlier[2]!])).cache).toBe("miss");
    const tools = [{ type: "function", function: { name: "cancel", parameters: { type: "object", properties: {} } } }];
    expect((await ask(gateway, "Please cancel the order 48213", { more: { tools } })).cache).toBe("miss");
    const now = await ask(gateway, "What is the weather today?");
    expect(now.cache).toBe("miss");
    const why = await gateway.fetch(`/admin/cache/explain?request_id=${now.id}`, { headers: admin });
    expect(await why.json()).toMatchObject({ reason: "time-bound wording" });
  });

  test("shadow serves none of them, and learns whether it could have", async () => {
    await using gateway = await start({ cache: { semantic: {} } });
    await ready(gateway);
    await ask(gateway, "Please cancel order 48213");
    await until(
      () => view(gateway),
      ({ spaces }) => spaces[0]?.indexed_entries === 1,
    );
    const again = await ask(gateway, "cancel order 48213");
    expect([again.cache, again.attempts]).toEqual(["miss", "1"]);
    expect((await ask(gateway, "cancel order 48213")).cache).toBe("exact");
    const learnt = await until(
      () => view(gateway),
      ({ verified }) => verified === 1,
    );
    expect(learnt.evidence).toMatchObject([{ verified: 1, wrong: 0, summary: "1 verified, 0 wrong, ≤ 95 % at 95 %" }]);
    const metrics = await (await gateway.fetch("/metrics", { headers: admin })).text();
    expect(metrics).toContain('evergate_cache_verified_total{result="right"} 1');
  });

  test("verified serves nothing without evidence, and with it what the evidence bears", async () => {
    await using gateway = await start({ cache: { semantic: { mode: "verified", maxWrongPercent: 20 } } });
    await ready(gateway);
    const order = (i: number) => `${10_000 + i}`;
    const served: string[] = [];
    for (let i = 0; i < 60; i++) {
      await ask(gateway, `Please cancel order ${order(i)}`);
      const { spaces } = await view(gateway);
      expect(spaces[0]!.semantic_entries).toBeGreaterThan(0);
      const again = await ask(gateway, `cancel the order ${order(i)}`);
      served.push(again.cache!);
    }
    expect(served.slice(0, 10).every((cache) => cache === "miss")).toBe(true);
    // One in twenty goes upstream, as a sample.
    expect(served.slice(-20).filter((cache) => cache.startsWith("semantic")).length).toBeGreaterThan(10);
    expect((await ask(gateway, "cancel the order 99999")).cache).toBe("miss");
  }, 30_000);

  test("a judge lets real paraphrases through, by calls of its own, and errs towards a miss", async () => {
    const cache = { semantic: { mode: "on", judge: { model: "arbiter" } } };
    await using gateway = await start({ cache });
    await ready(gateway);
    await ask(gateway, "How do I reset my password?");
    await until(
      () => view(gateway),
      ({ spaces }) => spaces[0]?.indexed_entries === 1,
    );
    const asked = judge.requests.length;
    const hit = await ask(gateway, "Password reset instructions");
    expect(hit.cache).toMatch(/^semantic;score=0\.7/);
    expect(judge.requests.length - asked).toBe(1);
    const sent = JSON.parse(new TextDecoder().decode(judge.requests.at(-1)!.body));
    expect(JSON.parse(sent.messages[1].content)).toEqual({
      first: "How do I reset my password?",
      second: "Password reset instructions",
    });
    const own = await until(
      async () =>
        (await gateway.fetch("/admin/requests?model=arbiter", { headers: admin })).json() as Promise<{
          data: unknown[];
        }>,
      ({ data }) => data.length === 1,
    );
    expect(own.data).toMatchObject([{ key: "cache-judge", status: 200, cache: "off" }]);

    using unsure = upstream({ dialect: "openai-chat", answer: "Probably yes, but I am not certain." });
    const config = configOf({ cache }).replace(`${judge.url}/v1`, `${unsure.url}/v1`);
    await gateway.write("gateway.config.json", config);
    await gateway.printed("configuration reloaded");
    expect((await ask(gateway, "Instructions for a password reset")).cache).toBe("miss");
  });

  test("what was wrong goes: by report, by id, key, age and text", async () => {
    const keys = { ci: { secret: "secret-of-ci" }, other: { secret: "secret-of-other" } };
    await using gateway = await start({ cache: { semantic: { mode: "on" } }, keys });
    await ready(gateway);
    const ci = { authorization: "Bearer secret-of-ci" };
    const asked = (content: string) => ask(gateway, content, { headers: ci });
    const feedback = (id: string, key: string) =>
      gateway.fetch("/v1/feedback", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer secret-of-${key}` },
        body: JSON.stringify({ request_id: id, score: -1, cached_wrong: true }),
      });
    const purge = async (query: string) =>
      (await gateway.fetch(`/admin/cache?${query}`, { method: "DELETE", headers: admin })).json();

    await asked("Please cancel order 48213");
    await until(
      () => view(gateway),
      ({ spaces }) => spaces[0]?.indexed_entries === 1,
    );
    const wrong = await asked("cancel order 48213");
    expect(wrong.cache).toBe("semantic;score=1.000");
    expect((await feedback(wrong.id, "other")).status).toBe(404);
    expect(await (await feedback(wrong.id, "ci")).json()).toMatchObject({ stored: true, purged: true });
    expect((await view(gateway)).evidence).toMatchObject([{ who: "ci", verified: 1, wrong: 1 }]);
    expect((await asked("Please cancel order 48213")).cache).toBe("miss");

    const kept = await asked("A secret about Zanzibar");
    expect((await asked("A secret about Zanzibar")).cache).toBe("exact");
    expect(await purge("text=zanzibar")).toEqual({ deleted: 1 });
    expect((await asked("A secret about Zanzibar")).cache).toBe("miss");
    const explained = await gateway.fetch(`/admin/cache/explain?request_id=${kept.id}`, { headers: admin });
    const { id } = (await explained.json()) as { id: string };
    expect(await purge(`id=${id}`)).toEqual({ deleted: 1 });
    expect(await purge("key=other")).toEqual({ deleted: 0 });
    expect(await purge("key=ci")).toEqual({ deleted: 1 });
    await asked("One more");
    expect(await purge("older_than_ms=0")).toEqual({ deleted: 1 });
    expect((await gateway.fetch("/admin/cache", { method: "DELETE", headers: admin })).status).toBe(400);
    const file = `${gateway.cwd}/evergate-data/cache.db`;
    for (const path of [file, `${file}-wal`]) expect(await Bun.file(path).text()).not.toContain("Zanzibar");
  });

  test("where the model cannot run the semantic cache is off with one line, and everything else works", async () => {
    const cwd = await mkdtemp(`${tmpdir()}/evergate-cache-`);
    await Bun.write(`${cwd}/evergate-data/.keep`, "");
    // The library is written below this name: a file in its place stands for a disk or platform without it.
    writeFileSync(`${cwd}/evergate-data/lib`, "not a directory");
    await using gateway = await start({ cache: { semantic: { mode: "on" } } }, { cwd });
    await until(
      () => view(gateway),
      ({ embedding }) => embedding === "off",
    );
    await ask(gateway, "Please cancel order 48213");
    expect((await ask(gateway, "cancel order 48213")).cache).toBe("miss");
    expect((await ask(gateway, "Please cancel order 48213")).cache).toBe("exact");
    const lines = gateway.output.stdout.split("\n").filter((line) => line.includes("semantic cache is off"));
    expect(lines).toHaveLength(1);
    rmSync(cwd, { recursive: true, force: true });
  });
});
