import { describe, expect, test } from "bun:test";
import { type TokenTerms, vaultDouble } from "../../support/secrets/vault-double.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { managersOf, secretFile } from "./support.ts";

const ADDRESS = { VAULT_ADDR: "https://vault.test:8200" };
const MINUTE_MS = 60_000;

function vault(environment: Record<string, string> = { VAULT_TOKEN: "hvs.root" }, terms?: TokenTerms) {
  const clock = simulatedClock();
  const double = vaultDouble(clock.now);
  double.issue("hvs.root", terms);
  double.put("secret/data/openai", { key: "sk-1", organization: "org-1", number: 7, empty: "" });
  return { double, ...managersOf("vault", double, { ...ADDRESS, ...environment }, clock) };
}

describe("reading", () => {
  test("one document is one request, whatever number of fields and places want it", async () => {
    const { double, managers, use } = vault();
    const uses = ["secret/openai#key", "secret/openai#organization", "secret/openai#key"].map(use);
    const reads = await managers.fetch(uses);
    expect(Object.fromEntries(reads)).toEqual({
      "vault:secret/openai#key": { value: "sk-1" },
      "vault:secret/openai#organization": { value: "org-1" },
    });
    expect(double.asked).toEqual(["GET /v1/auth/token/lookup-self", "GET /v1/secret/data/openai"]);
  });

  test("a version can be named, a mount can have several segments, odd names are encoded", async () => {
    const { double, read } = vault();
    double.put("secret/data/openai", { key: "sk-2" });
    double.put("team/kv/data/a%20b", { key: "sk-3" });
    expect(await read("secret/openai#key")).toBe("sk-2");
    expect(await read("secret/openai?version=1#key")).toBe("sk-1");
    double.put("team/kv/data/x%2By", { key: "sk-4" });
    expect(await read("team/kv//x+y#key")).toBe("sk-4");
    expect(double.asked.slice(1)).toEqual([
      "GET /v1/secret/data/openai",
      "GET /v1/secret/data/openai?version=1",
      "GET /v1/team/kv/data/x%2By",
    ]);
  });

  test("the namespace goes along", async () => {
    const { double, read } = vault({ VAULT_TOKEN: "hvs.root", VAULT_NAMESPACE: "team-a" });
    double.namespace = "team-a";
    expect(await read("secret/openai#key")).toBe("sk-1");
    double.namespace = "team-b";
    expect(await read("secret/openai?version=1#key")).toContain("permission denied");
  });
});

describe("what is wrong is told clearly, and never with a value", () => {
  test.each<[string, (double: ReturnType<typeof vaultDouble>) => void, string, RegExp]>([
    [
      "sealed",
      (double) => void Object.assign(double, { sealed: true }),
      "secret/openai#key",
      /^HashiCorp Vault is sealed; unseal it/,
    ],
    [
      "away",
      (double) => void Object.assign(double, { down: true }),
      "secret/openai#key",
      /^HashiCorp Vault cannot be reached at vault\.test:8200 \(ConnectionRefused\)$/,
    ],
    ["revoked token", (double) => double.revoke("hvs.root"), "secret/openai#key", /^permission denied \(HTTP 403\)/],
    [
      "policy",
      (double) => void double.issue("hvs.root", { reads: ["other/"] }),
      "secret/openai#key",
      /lacks read on this path/,
    ],
    ["no such secret", () => {}, "secret/opnai#key", /^there is no such secret \(HTTP 404\)/],
    ["no such version", () => {}, "secret/openai?version=9#key", /^there is no such secret or no such version/],
    [
      "deleted",
      (double) => double.remove("secret/data/openai", "soft"),
      "secret/openai#key",
      /^its newest version is deleted$/,
    ],
    [
      "destroyed",
      (double) => double.remove("secret/data/openai", "destroyed"),
      "secret/openai?version=1#key",
      /^version 1 is destroyed$/,
    ],
    ["no such field", () => {}, "secret/openai#kye", /^the secret has no field "kye"$/],
    ["empty", () => {}, "secret/openai#empty", /^it is empty$/],
  ])("%s", async (_name, break_, name, words) => {
    const { double, read } = vault();
    break_(double);
    const told = await read(name);
    expect(told).toMatch(words);
    expect(told).not.toMatch(/sk-1|hvs\./);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ VAULT_ADDR: "", VAULT_TOKEN: "hvs.root" }, /^VAULT_ADDR is not set/],
    [{ VAULT_ADDR: "vault:8200", VAULT_TOKEN: "hvs.root" }, /^VAULT_ADDR is no http or https address/],
    [{}, /^HashiCorp Vault needs VAULT_TOKEN, or VAULT_ROLE_ID/],
    [{ VAULT_TOKEN: "hvs.root", VAULT_CACERT: "/nowhere.pem" }, /^the file that VAULT_CACERT names cannot be read/],
    [
      { VAULT_ROLE_ID: "role-1", VAULT_SECRET_ID: "wrong" },
      /^HashiCorp Vault refused the AppRole login \(HTTP 400\); check VAULT_ROLE_ID/,
    ],
    [
      { VAULT_ROLE_ID: "role-1", VAULT_SECRET_ID_FILE: "/nowhere" },
      /^the file that VAULT_SECRET_ID_FILE names cannot be read \(ENOENT\)/,
    ],
    [{ VAULT_KUBERNETES_ROLE: "evergate" }, /^there is no service-account token at .*: is this a pod\?$/],
  ])("with %j", async (environment, words) => {
    const { read } = vault(environment);
    expect(await read("secret/openai#key")).toMatch(words);
  });

  test("a redirect is not followed: the token would go elsewhere", async () => {
    const double = vaultDouble(Date.now);
    double.fetch = async () => new Response(null, { status: 307, headers: { location: "https://elsewhere.test/" } });
    const { read } = managersOf("vault", double, { ...ADDRESS, VAULT_TOKEN: "hvs.root" });
    expect(await read("secret/openai#key")).toContain("a standby node of HashiCorp Vault points elsewhere");
  });

  test("an answer that never comes is given up after five seconds", async () => {
    const clock = simulatedClock();
    const double = vaultDouble(clock.now);
    double.fetch = (_url, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    const { read } = managersOf("vault", double, { ...ADDRESS, VAULT_TOKEN: "hvs.root" }, clock);
    const told = read("secret/openai#key");
    await clock.advance(5_000);
    expect(await told).toBe("HashiCorp Vault did not answer within 5000 ms (vault.test:8200)");
    expect(clock.pending()).toBe(0);
  });
});

describe("logins", () => {
  test("AppRole, its secret id from the environment or a file, its mount where it is elsewhere", async () => {
    using file = secretFile("secret-1\n");
    const { read, double } = vault({ VAULT_ROLE_ID: "role-1", VAULT_SECRET_ID_FILE: file.path });
    expect(await read("secret/openai#key")).toBe("sk-1");
    expect(double.asked[0]).toBe("POST /v1/auth/approle/login");
    const elsewhere = vault({ VAULT_ROLE_ID: "role-1", VAULT_SECRET_ID: "secret-1", VAULT_APPROLE_MOUNT: "machines" });
    await elsewhere.read("secret/openai#key");
    expect(elsewhere.double.asked[0]).toBe("POST /v1/auth/machines/login");
  });

  test("Kubernetes, by the pod's token, read anew for each login", async () => {
    using file = secretFile("an old token");
    const { read, double } = vault({ VAULT_KUBERNETES_ROLE: "evergate", VAULT_KUBERNETES_TOKEN_FILE: file.path });
    expect(await read("secret/openai#key")).toContain("refused the Kubernetes login (HTTP 403)");
    file.write("the pod's token\n");
    expect(await read("secret/openai#key")).toBe("sk-1");
    expect(double.asked.filter((line) => line.includes("kubernetes"))).toHaveLength(2);
  });

  test("a token that was revoked before its time is replaced by another login, once", async () => {
    const { read, double } = vault({ VAULT_ROLE_ID: "role-1", VAULT_SECRET_ID: "secret-1" });
    await read("secret/openai#key");
    double.revoke("hvs.login-1");
    expect(await read("secret/openai#key")).toBe("sk-1");
    double.terms = { reads: ["other/"] };
    double.revoke("hvs.login-2");
    expect(await read("secret/openai?version=1#key")).toContain("permission denied");
    expect(double.asked.filter((line) => line.includes("login"))).toHaveLength(3);
  });
});

describe("the life of a token", () => {
  const LOGIN = { VAULT_ROLE_ID: "role-1", VAULT_SECRET_ID: "secret-1" };
  const renewals = (double: { asked: string[] }) => double.asked.filter((line) => line.includes("renew-self")).length;
  const logins = (double: { asked: string[] }) => double.asked.filter((line) => line.includes("login")).length;

  test("it is renewed when two thirds of its time are over, not before, and so for ever", async () => {
    const { double, read, clock, managers } = vault({ VAULT_TOKEN: "hvs.root" }, { ttlMs: 30 * MINUTE_MS });
    await read("secret/openai#key");
    await clock.advance(20 * MINUTE_MS - 1);
    expect(renewals(double)).toBe(0);
    await clock.advance(1);
    expect(renewals(double)).toBe(1);
    await clock.advance(200 * MINUTE_MS);
    expect(renewals(double)).toBe(11);
    expect(double.alive("hvs.root")).toBe(true);
    expect(await read("secret/openai#key")).toBe("sk-1");
    managers.close();
    expect(clock.pending()).toBe(0);
  });

  test("near its longest life another login takes over", async () => {
    const made = vault(LOGIN);
    made.double.terms = { ttlMs: 30 * MINUTE_MS, maxMs: 60 * MINUTE_MS };
    await made.read("secret/openai#key");
    // Renewed at 20 and 40 minutes, the second time for 20 of its 30; at 53 only 6 more can be had: under a third.
    await made.clock.advance(54 * MINUTE_MS);
    expect(logins(made.double)).toBe(2);
    expect(made.double.alive("hvs.login-2")).toBe(true);
    await made.clock.advance(10 * MINUTE_MS);
    expect(await made.read("secret/openai#key")).toBe("sk-1");
  });

  test("one that cannot be renewed is replaced by another login", async () => {
    const made = vault(LOGIN);
    made.double.terms = { ttlMs: 30 * MINUTE_MS, renewable: false };
    await made.read("secret/openai#key");
    await made.clock.advance(20 * MINUTE_MS);
    expect([renewals(made.double), logins(made.double)]).toEqual([0, 2]);
  });

  test("one that is refused while its renewal is under way does not come back", async () => {
    const made = vault(LOGIN);
    made.double.terms = { ttlMs: 30 * MINUTE_MS };
    await made.read("secret/openai#key");
    const answer = made.double.fetch;
    let late = () => {};
    made.double.fetch = (url, init) =>
      url.endsWith("renew-self")
        ? new Promise((resolve) => {
            late = () => resolve(answer(url, init));
          })
        : answer(url, init);
    await made.clock.advance(20 * MINUTE_MS);
    made.double.revoke("hvs.login-1");
    expect(await made.read("secret/openai#key")).toBe("sk-1");
    made.double.issue("hvs.login-1", { ttlMs: 30 * MINUTE_MS, reads: ["other/"] });
    late();
    // Its answer is read in several turns of the event loop.
    for (let turn = 0; turn < 10; turn++) await made.clock.advance(0);
    made.double.asked.length = 0;
    expect(await made.read("secret/openai#key")).toBe("sk-1");
    expect(made.double.asked).toEqual(["GET /v1/secret/data/openai"]);
  });

  test("while Vault is away it is tried again every ten seconds, and renewed when it is back", async () => {
    const made = vault(LOGIN);
    made.double.terms = { ttlMs: 30 * MINUTE_MS };
    await made.read("secret/openai#key");
    made.double.sealed = true;
    await made.clock.advance(20 * MINUTE_MS);
    await made.clock.advance(25_000);
    expect(renewals(made.double)).toBe(3);
    made.double.sealed = false;
    await made.clock.advance(5_000);
    expect([renewals(made.double), logins(made.double)]).toEqual([4, 1]);
    expect(made.lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual(
      Array(3).fill("the token of HashiCorp Vault was not renewed"),
    );
  });

  test("VAULT_TOKEN near its end, with nothing to replace it, is told once", async () => {
    const { double, read, clock, lines } = vault(
      { VAULT_TOKEN: "hvs.root" },
      { ttlMs: 30 * MINUTE_MS, maxMs: 31 * MINUTE_MS },
    );
    await read("secret/openai#key");
    await clock.advance(60 * MINUTE_MS);
    expect(renewals(double)).toBe(2);
    expect(lines.filter(({ message }) => message.startsWith("VAULT_TOKEN cannot be renewed"))).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain("hvs.");
  });
});
