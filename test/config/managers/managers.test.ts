import { describe, expect, test } from "bun:test";
import { vaultDouble } from "../../support/secrets/vault-double.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { managersOf } from "./support.ts";

function vault() {
  const clock = simulatedClock();
  const double = vaultDouble(clock.now);
  double.issue("hvs.root");
  double.put("secret/data/openai", { key: "sk-1" });
  double.put("secret/data/claude", { key: "sk-ant-1" });
  const environment = { VAULT_ADDR: "https://vault.test", VAULT_TOKEN: "hvs.root" };
  return { double, ...managersOf("vault", double, environment, clock) };
}

describe("while a manager is away", () => {
  test("the last values stay, one line tells it, and the number is known", async () => {
    const { double, managers, use, lines } = vault();
    const uses = ["secret/openai#key", "secret/claude#key"].map(use);
    await managers.fetch(uses);
    expect(managers.stale()).toEqual([]);
    double.down = true;
    const reads = await managers.fetch(uses);
    expect([...reads.values()]).toEqual([{ value: "sk-1" }, { value: "sk-ant-1" }]);
    expect(managers.stale()).toEqual([{ manager: "vault", count: 2 }]);
    expect(lines).toEqual([
      {
        level: "warn",
        message: "secrets could not be read; their last values stay in force",
        fields: {
          manager: "HashiCorp Vault",
          secrets: 2,
          first: "secret/openai#key",
          reason: "HashiCorp Vault cannot be reached at vault.test (ConnectionRefused)",
        },
      },
    ]);
    double.down = false;
    await managers.fetch(uses);
    expect(managers.stale()).toEqual([]);
  });

  test("what is not named any more is not counted as missing", async () => {
    const { double, managers, use } = vault();
    const uses = ["secret/openai#key", "secret/claude#key"].map(use);
    await managers.fetch(uses);
    double.down = true;
    await managers.fetch(uses);
    await managers.kept([use("secret/new#key")]);
    expect(managers.stale()).toEqual([{ manager: "vault", count: 2 }]);
    await managers.fetch(uses.slice(1));
    expect(managers.stale()).toEqual([{ manager: "vault", count: 1 }]);
  });

  test("what was never read is a fault that says so", async () => {
    const { double, managers, use } = vault();
    double.down = true;
    expect([...(await managers.fetch([use("secret/openai#key")])).values()]).toEqual([
      { fault: "HashiCorp Vault cannot be reached at vault.test (ConnectionRefused)", isDown: true },
    ]);
    expect(managers.stale()).toEqual([]);
  });

  test("a secret that was taken away keeps its last value too, and a field that is gone", async () => {
    const { double, read } = vault();
    await read("secret/openai#key");
    await read("secret/claude#key");
    double.remove("secret/data/openai", "destroyed");
    double.put("secret/data/claude", { other: "x" });
    expect([await read("secret/openai#key"), await read("secret/claude#key")]).toEqual(["sk-1", "sk-ant-1"]);
  });
});

test("kept values are given without asking; only what is new is asked for", async () => {
  const { double, managers, use } = vault();
  await managers.fetch([use("secret/openai#key")]);
  double.put("secret/data/openai", { key: "sk-2" });
  double.asked.length = 0;
  const reads = await managers.kept(["secret/openai#key", "secret/claude#key"].map(use));
  expect(Object.fromEntries(reads)).toEqual({
    "vault:secret/openai#key": { value: "sk-1" },
    "vault:secret/claude#key": { value: "sk-ant-1" },
  });
  expect(double.asked).toEqual(["GET /v1/secret/data/claude"]);
});

test("one line break at the end is not part of a secret", async () => {
  const { double, read } = vault();
  double.put("secret/data/openai", { key: "sk-1\n", lines: "a\nb\n\n", number: 5 });
  expect(await read("secret/openai#key")).toBe("sk-1");
  expect(await read("secret/openai#lines")).toBe("a\nb\n");
  expect(await read("secret/openai#number")).toBe("5");
});

test("a secret of a megabyte is a mistake", async () => {
  const { double, read } = vault();
  double.put("secret/data/openai", { key: "x".repeat(70_000) });
  expect(await read("secret/openai#key")).toBe("it is larger than 65536 bytes");
  double.put("secret/data/openai", { key: "x".repeat(1_100_000) });
  expect(await read("secret/openai#key")).toBe("HashiCorp Vault answered with more than 1048576 bytes");
});
