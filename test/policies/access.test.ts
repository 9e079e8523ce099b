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
});
