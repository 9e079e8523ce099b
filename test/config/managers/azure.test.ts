import { describe, expect, test } from "bun:test";
import { azureDouble } from "../../support/secrets/azure-double.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { managersOf, secretFile } from "./support.ts";

const CLIENT = { AZURE_TENANT_ID: "tenant-1", AZURE_CLIENT_ID: "client-1", AZURE_CLIENT_SECRET: "client-secret-1" };
const VERSION = "4387e9f3d6e14c459867679a90fd0f79";

function azure(environment: Record<string, string> = CLIENT) {
  const clock = simulatedClock();
  const double = azureDouble(clock.now);
  double.secrets.set("openai", "sk-2");
  double.secrets.set(`openai/${VERSION}`, "sk-1");
  double.secrets.set("json", JSON.stringify({ key: "sk-3" }));
  const hosts: string[] = [];
  const answer = double.fetch;
  double.fetch = (url, init) => {
    hosts.push(new URL(url).host);
    return answer(url, init);
  };
  return { double, hosts, ...managersOf("azureSecret", double, environment, clock) };
}

describe("reading", () => {
  test.each([
    ["my-vault/openai", "sk-2"],
    [`my-vault/openai?version=${VERSION}`, "sk-1"],
    ["my-vault/json#key", "sk-3"],
  ])("%s, with a token for the client's secret", async (name, value) => {
    const { read, hosts } = azure();
    expect(await read(name)).toBe(value);
    expect(hosts).toEqual(["login.microsoftonline.com", "my-vault.vault.azure.net"]);
  });

  test("a name alone is in the vault of AZURE_KEY_VAULT_URL; AZURE_AUTHORITY_HOST moves the sign-in", async () => {
    const { read, hosts } = azure({
      ...CLIENT,
      AZURE_KEY_VAULT_URL: "https://other.vault.azure.net/",
      AZURE_AUTHORITY_HOST: "https://login.test/",
    });
    expect(await read("openai")).toBe("sk-2");
    expect(hosts).toEqual(["login.test", "other.vault.azure.net"]);
  });

  test("the vaults of another cloud are another resource", async () => {
    const { read } = azure({ ...CLIENT, AZURE_KEY_VAULT_URL: "https://mine.vault.azure.cn" });
    // The double gives tokens for the public cloud alone.
    expect(await read("openai")).toContain("Microsoft Entra ID gave no token (HTTP 401)");
  });

  test("the token is fetched once for all, and again before its end", async () => {
    const { managers, use, double, clock, read } = azure();
    await managers.fetch(["my-vault/openai", "my-vault/json#key", `my-vault/openai?version=${VERSION}`].map(use));
    expect(double.tokens).toBe(1);
    await clock.advance(56 * 60_000);
    expect(await read("my-vault/openai")).toBe("sk-2");
    expect(double.tokens).toBe(2);
  });
});

describe("identities without a secret", () => {
  test("a workload identity: the pod's token is the assertion", async () => {
    using file = secretFile("the pod's token\n");
    const { AZURE_TENANT_ID, AZURE_CLIENT_ID } = CLIENT;
    const { read } = azure({ AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE: file.path });
    expect(await read("my-vault/openai")).toBe("sk-2");
  });

  test("a machine's, and which one where it has several", async () => {
    const { read, hosts, double } = azure({ AZURE_CLIENT_ID: "identity-2" });
    expect(await read("my-vault/openai")).toBe("sk-2");
    expect(hosts[0]).toBe("169.254.169.254");
    expect(double.asked[0]).toContain("client_id=identity-2");
  });

  test("an app's, whose token says when it ends and not how long it is good", async () => {
    const { read, double, clock } = azure({
      IDENTITY_ENDPOINT: "http://127.0.0.1:41/msi/token",
      IDENTITY_HEADER: "identity-header",
    });
    expect(await read("my-vault/openai")).toBe("sk-2");
    await read("my-vault/json#key");
    expect(double.tokens).toBe(1);
    await clock.advance(56 * 60_000);
    await read("my-vault/openai");
    expect(double.tokens).toBe(2);
  });
});

describe("what is wrong is told clearly, and never in Azure's words", () => {
  test.each<[Record<string, string>, string, RegExp]>([
    [
      { ...CLIENT, AZURE_CLIENT_SECRET: "wrong-secret" },
      "my-vault/openai",
      /^Microsoft Entra ID gave no token \(HTTP 401\); check AZURE_TENANT_ID/,
    ],
    [CLIENT, "openai", /^name the vault, as in "my-vault\/openai", or set AZURE_KEY_VAULT_URL$/],
    [{ ...CLIENT, AZURE_KEY_VAULT_URL: "https://evil.test/path" }, "openai", /^AZURE_KEY_VAULT_URL must be an address/],
    [CLIENT, "my-vault/opnai", /^there is no such secret or version \(HTTP 404\)$/],
  ])("%j %s", async (environment, name, words) => {
    const { read } = azure(environment);
    const told = await read(name);
    expect(told).toMatch(words);
    expect(told).not.toMatch(/wrong-secret|client-secret|AADSTS|sk-/);
  });

  test.each<[number, string, RegExp]>([
    [403, "SecretDisabled", /^the secret is disabled/],
    [403, "ForbiddenByRbac", /^permission denied \(HTTP 403\): the identity needs the role Key Vault Secrets User/],
    [429, "Throttled", /^Azure Key Vault failed \(HTTP 429\)$/],
    [500, "Internal", /^Azure Key Vault failed \(HTTP 500\)$/],
  ])("%d %s", async (status, code, words) => {
    const { double, read } = azure();
    double.failing = [status, code];
    expect(await read("my-vault/openai")).toMatch(words);
  });

  test("a machine without an identity", async () => {
    const { double, read } = azure({});
    double.down = true;
    expect(await read("my-vault/openai")).toContain("there are no Azure credentials");
  });
});
