import { expect, test } from "bun:test";
import { createProvider } from "../../src/providers/create.ts";
import { createRoutes } from "../../src/router/routes.ts";
import { setDrained, targetStatuses } from "../../src/router/status.ts";
import { createWorld } from "../simulation/world.ts";

function rig() {
  const world = createWorld({
    upstreams: {
      a: {
        answer: () => ({
          headMs: 40,
          headers: {
            "x-ratelimit-limit-requests": "60",
            "x-ratelimit-remaining-requests": "59",
            "x-ratelimit-reset-requests": "1s",
          },
          tokens: [{ text: "from a", afterMs: 0 }],
        }),
      },
      b: { answer: () => ({ headMs: 10, tokens: [{ text: "from b", afterMs: 0 }] }) },
    },
  });
  const { clock, health } = world;
  const providers = ["a", "b"].map((name) =>
    createProvider(
      {
        name,
        type: "openai-compatible",
        baseUrl: `http://${name}/v1`,
        keys: [{ name: "key", secret: "s", weight: 1 }],
      },
      { clock, fetch: async () => new Response(), random: Math.random, log: () => {} },
    ),
  );
  const targets = ["a", "b"].map((provider) => ({ provider, model: "m", weight: 1 }));
  const routes = createRoutes(
    [{ name: "test", strategy: "fallback", targets, fallbacks: [] }],
    new Set(["a", "b"]),
    () => undefined,
  );
  const statuses = () => targetStatuses(routes, providers, health, clock.now());
  const drain = (target: string, drained: boolean) =>
    setDrained({ target, drained }, routes, providers, health, clock.now());
  const ask = async () => {
    const running = world.call();
    await clock.advance(100);
    return running;
  };
  return { ...world, statuses, drain, ask };
}

test("a target's pace and a key's quota are shown once an answer has told of them", async () => {
  const { statuses, ask } = rig();
  expect(statuses()[0]).toMatchObject({ target: "a/m", key: "key", state: "closed", latencyMs: null, quota: null });
  await ask();
  const [a, b] = statuses();
  expect(a).toMatchObject({ latencyMs: 40, quota: { requests: { limit: 60, remaining: 59 } } });
  expect(b).toMatchObject({ latencyMs: null, quota: null });
});

test("a drained target gets no call, whatever happens, until it is restored", async () => {
  const { statuses, ask, drain, health, clock } = rig();
  expect(drain("a/m", true)).toBe(true);
  expect(statuses()[0]).toMatchObject({ reason: "resting: drained", restingUntilMs: null });
  expect((await ask()).text).toBe("from b");
  // A call that was under way when the target was drained reports what it met.
  health.rests.put("a", "key", "m", { reason: "model_not_found", now: clock.now() });
  health.succeeded(health.channel("a", "key", "m"), 10, 0);
  await clock.advance(10_000_000);
  expect((await ask()).text).toBe("from b");
  expect(drain("a/m", false)).toBe(true);
  expect((await ask()).text).toBe("from a");
});

test("when everything is drained the client is told so", async () => {
  const { ask, drain } = rig();
  drain("a/m", true);
  drain("b/m", true);
  expect(await ask()).toMatchObject({ error: "no_target", record: { attempts: [] } });
});

test("an unknown target can't be drained", () => {
  expect(rig().drain("c/m", true)).toBe(false);
});
