import { describe, expect, test } from "bun:test";
import { createAccess, hashSecret, type VirtualKey } from "../../src/policies/access.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const START_MS = 1_000_000;
const key = (extra: Partial<VirtualKey> = {}): VirtualKey => ({
  id: "k1",
  name: "ci",
  hash: hashSecret("eg_secret"),
  ...extra,
});
const access = (keys: VirtualKey[], require: "key" | "none" = "key") =>
  createAccess({ require, keys }, simulatedClock(START_MS));

describe("access", () => {
  test("knows a key by its secret", () => {
    expect(access([key({ team: "search" })]).identify("eg_secret")).toMatchObject({
      kind: "key",
      id: "k1",
      name: "ci",
      team: "search",
    });
  });

  test.each([
    ["no credential", undefined],
    ["an unknown one", "eg_other"],
    ["the hash instead of the key", hashSecret("eg_secret")],
    ["a prefix", "eg_secre"],
  ])("refuses %s with invalid_api_key", (_, credential) => {
    expect(() => access([key()]).identify(credential)).toThrow(
      expect.objectContaining({ code: "invalid_api_key", status: 401 }),
    );
  });

  test("where no key is required anything goes, and a known key is still known", () => {
    const open = access([key()], "none");
    expect(open.identify(undefined).kind).toBe("anonymous");
    expect(open.identify("sk-whatever").kind).toBe("anonymous");
    expect(open.identify("eg_secret").kind).toBe("key");
  });

  test("an expired or disabled key is told so, even where none is required", () => {
    expect(() => access([key({ expiresAtMs: START_MS })], "none").identify("eg_secret")).toThrow(
      expect.objectContaining({ code: "key_expired" }),
    );
    expect(() => access([key({ disabled: true })]).identify("eg_secret")).toThrow(
      expect.objectContaining({ code: "key_disabled" }),
    );
    expect(access([key({ expiresAtMs: START_MS + 1 })]).identify("eg_secret").name).toBe("ci");
  });

  test("allow-lists are patterns over public models, and names of providers", () => {
    const principal = access([key({ models: ["fast", "openai/*"], providers: ["openai"] })]).identify("eg_secret");
    expect(principal.allows({ model: "fast" })).toBe(true);
    expect(principal.allows({ model: "faster" })).toBe(false);
    expect(principal.allows({ model: "openai/gpt-4o" })).toBe(true);
    expect(principal.allows({ provider: "openai", model: "x" })).toBe(true);
    expect(principal.allows({ provider: "groq", model: "x" })).toBe(false);
  });

  test("what a key, its team and its customer allow has to agree", () => {
    const within = [
      { level: "team", name: "search", models: ["fast", "slow"], providers: ["openai", "groq"] },
      { level: "customer", name: "acme", models: ["fast"], providers: ["groq"] },
    ] as const;
    const { allows } = access([key({ models: ["*"], within })]).identify("eg_secret");
    expect(["fast", "slow", "other"].map((model) => allows({ model }))).toEqual([true, false, false]);
    expect(["openai", "groq", "x"].map((provider) => allows({ provider, model: "m" }))).toEqual([false, true, false]);
  });

  test.each([
    ["team", { disabled: true }, "key_disabled", 'with its team "search"'],
    ["customer", { disabled: true }, "key_disabled", 'with its customer "search"'],
    ["team", { expiresAtMs: START_MS }, "key_expired", 'with its team "search"'],
    ["customer", { ips: ["10.0.0.0/8"] }, "ip_not_allowed", "192.0.2.1"],
  ] as const)("a %s with %j refuses its keys with %s", (level, rules, code, said) => {
    const refused = access([key({ within: [{ level, name: "search", ...rules }] })]);
    const identify = () => refused.identify("eg_secret", { remoteAddress: "192.0.2.1" });
    expect(identify).toThrow(expect.objectContaining({ code, status: 403 }));
    expect(identify).toThrow(said);
  });

  test("an address is asked for only by keys that are bound to some", () => {
    let asked = 0;
    const from = {
      get remoteAddress() {
        asked += 1;
        return "10.0.0.9";
      },
    };
    const both = access([key(), key({ id: "k2", name: "bound", hash: hashSecret("eg_bound"), ips: ["10.0.0.0/8"] })]);
    both.identify("eg_secret", from);
    expect(asked).toBe(0);
    expect(both.identify("eg_bound", from).name).toBe("bound");
    expect(asked).toBe(1);
    expect(() => both.identify("eg_bound")).toThrow(expect.objectContaining({ code: "ip_not_allowed" }));
  });

  test("after a rotation the old secret is the same key until its time is over", async () => {
    const clock = simulatedClock(START_MS);
    const rotated = key({
      hash: hashSecret("eg_new"),
      previous: { hash: hashSecret("eg_old"), untilMs: START_MS + 10 },
    });
    const { identify } = createAccess({ require: "key", keys: [rotated] }, clock);
    expect(identify("eg_old")).toBe(identify("eg_new"));
    await clock.advance(10);
    expect(() => identify("eg_old")).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    expect(identify("eg_new").id).toBe("k1");
  });

  test("other keys hold from the next call on", () => {
    const live = access([key()], "none");
    live.replace({ require: "key", keys: [key({ id: "k2", name: "new", hash: hashSecret("eg_new") })] });
    expect(live.identify("eg_new").id).toBe("k2");
    expect(() => live.identify("eg_secret")).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    expect(() => live.identify(undefined)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
  });
});
