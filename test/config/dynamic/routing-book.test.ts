import { describe, expect, test } from "bun:test";
import { resolveBare } from "../../../src/config/bare.ts";
import { createSeal } from "../../../src/store/seal.ts";
import { rejection } from "../../store/support.ts";
import { BY, FILE, NOW_MS, openRouting, SECRET } from "./routing.ts";

const UP = { name: "up", type: "openai-compatible", baseUrl: "https://up.example/v1", keys: [SECRET] };

function names(things: readonly { name: string }[]): string[] {
  return things.map(({ name }) => name);
}

describe("what is made", () => {
  test("a provider and a model are in force as the file's are, after them", async () => {
    await using open = await openRouting();
    const view = await open.book.create("providers", { ...UP, timeouts: { connectMs: 1_000 } }, BY);
    expect(view).toMatchObject({ name: "up", origin: "api", state: "active", fault: null, baseUrl: UP.baseUrl });
    await open.book.create("models", { name: "new", targets: ["up/m", "openai/gpt-4o"], fallbacks: ["fast"] }, BY);
    expect(names(open.config().providers)).toEqual(["openai", "up"]);
    expect(names(open.config().models)).toEqual(["fast", "slow", "new"]);
    const made = open.config().providers[1]!;
    expect(made).toMatchObject({ origin: "api", timeouts: { connectMs: 1_000 } });
    expect(made.keys).toEqual([{ name: "key-1", secret: SECRET, weight: 1 }]);
  });

  test("is there again after a restart, its secrets too", async () => {
    await using open = await openRouting();
    const credentials = { accessKeyId: "AKIA-canary", secretAccessKey: "secret-canary-of-aws", name: "a", weight: 2 };
    await open.book.create("providers", { ...UP, headers: { "X-Team": "header-canary" } }, BY);
    await open.book.create("providers", { name: "aws", type: "bedrock", region: "eu-west-1", keys: [credentials] }, BY);
    await open.book.create("models", { name: "new", targets: [{ target: "up/m", weight: 2 }] }, BY);
    const before = open.config();
    const again = await open.again();
    expect(open.config()).toEqual(before);
    for (const kind of ["providers", "models"] as const) expect(again.list(kind)).toEqual(open.book.list(kind));
    expect(open.config().providers.map(({ headers }) => headers)).toContainEqual({ "x-team": "header-canary" });
    expect(open.config().providers.at(-1)!.keys[0]!.secret).toEqual({
      accessKeyId: "AKIA-canary",
      secretAccessKey: "secret-canary-of-aws",
    });
  });

  test("no secret is in a view, the effective configuration, the audit trail or the database", async () => {
    await using open = await openRouting();
    const credentials = {
      accessKeyId: "AKIA-canary-00000000",
      secretAccessKey: "secret-canary-of-aws",
      sessionToken: "session-canary-0000",
    };
    await open.book.create("providers", { ...UP, headers: { "x-team": "header-canary" } }, BY);
    await open.book.create("providers", { name: "aws", type: "bedrock", region: "eu-west-1", keys: [credentials] }, BY);
    await open.book.update("providers", "up", { keys: ["sk-second-canary-0123456789abcdef"] }, BY);
    await open.book.delete("providers", "up", BY);
    const rows = await open.store.routing.providers.list();
    const audit = await open.store.audit.list({}, { limit: 99 });
    expect(audit.data).toHaveLength(4);
    await open.store.close();
    const shown = JSON.stringify([open.book.list("providers"), open.config().effective, audit, rows]);
    const database = Buffer.concat(
      await Promise.all(
        ["state.db", "log.db"].map(async (name) => Buffer.from(await Bun.file(`${open.path}/${name}`).bytes())),
      ),
    ).toString("latin1");
    expect(database).toContain(rows[0]!.id);
    for (const secret of [
      SECRET,
      "sk-second-canary-0123456789abcdef",
      "header-canary",
      ...Object.values(credentials),
    ]) {
      expect(shown).not.toContain(secret);
      expect(database).not.toContain(secret);
    }
  });

  test("of a long key its end is shown, of anything else nothing", async () => {
    await using open = await openRouting();
    const view = await open.book.create(
      "providers",
      { ...UP, keys: [SECRET, "short-key", { secret: SECRET, name: "b" }] },
      BY,
    );
    expect(view["keys"]).toEqual([
      { name: "key-1", secret: "…WXYZ", weight: 1, models: null },
      { name: "key-2", secret: "…", weight: 1, models: null },
      { name: "b", secret: "…WXYZ", weight: 1, models: null },
    ]);
  });

  test("secrets copied to another row do not open there", async () => {
    await using open = await openRouting();
    await open.book.create("providers", UP, BY);
    await open.book.create("providers", { ...UP, name: "other", keys: ["sk-other"] }, BY);
    const rows = await open.store.routing.providers.list();
    const [up, other] = ["up", "other"].map((name) => rows.find((row) => row.name === name));
    const { id: _, ...audit } = (await open.store.audit.list({}, { limit: 1 })).data[0]!;
    await open.store.routing.providers.update({ ...other!, sealed: up!.sealed!, version: 2 }, audit);
    const again = await open.again();
    expect(again.get("providers", "other")).toMatchObject({ state: "faulty" });
    expect(names(open.config().providers)).toEqual(["openai", "up"]);
  });
});

describe("the file's rules, with paths from the own fields on", () => {
  test.each([
    [{}, "name", "is required"],
    [{ name: 7 }, "name", "expected a text"],
    [{ name: "a/b", type: "openai", keys: ["k"] }, "name", "must not hold a slash"],
    [{ name: "p" }, "type", "is required"],
    [{ name: "p", type: "opnai", keys: ["k"] }, "type", 'did you mean "openai"?'],
    [{ name: "p", type: "openai" }, "keys", "OpenAI needs a key"],
    [{ name: "p", type: "openai", keys: [] }, "keys", "is empty"],
    [{ name: "p", type: "openai", keys: ["k"], baseURL: "x" }, "baseURL", 'did you mean "baseUrl"?'],
    [{ name: "p", type: "openai", keys: ["k"], command: "sh" }, "command", "unknown setting"],
    [{ name: "p", type: "openai", keys: [{ secret: "k", weigth: 1 }] }, "keys[0].weigth", 'did you mean "weight"?'],
    [
      {
        name: "p",
        type: "openai",
        keys: [
          { secret: "k", name: "a" },
          { secret: "l", name: "a" },
        ],
      },
      "keys[1].name",
      "two keys",
    ],
    [{ name: "p", type: "openai", keys: ["k\nl"] }, "keys[0]", "no header can carry"],
    [{ name: "p", type: "openai", keys: ["k"], headers: { host: "evil" } }, "headers.host", "set by the gateway"],
    [{ name: "p", type: "openai", keys: ["k"], baseUrl: "ftp://x" }, "baseUrl", "http or https"],
    [{ name: "p", type: "openai", keys: ["k"], baseUrl: "https://u:p@x.example" }, "baseUrl", "credentials"],
    [{ name: "p", type: "openai", keys: ["k"], baseUrl: "https://x.example?k=1" }, "baseUrl", "query"],
    [{ name: "p", type: "bedrock", region: "nowhere", keys: ["k"] }, "region", "AWS region"],
    [{ name: "p", type: "vertex", project: "p", location: "l", keys: ["{}"] }, "keys[0]", "service account"],
    [{ name: "p", type: "simulated", baseUrl: "https://x.example" }, "baseUrl", "has no baseUrl"],
  ])("provider %j: %s %s", async (body, param, message) => {
    await using open = await openRouting();
    const error = await rejection(open.book.create("providers", body, BY));
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect((error as Error).message).toContain(message);
    expect(open.book.list("providers").map(({ name }) => name)).toEqual(["openai"]);
    expect((await open.store.audit.list({}, { limit: 1 })).data).toEqual([]);
  });

  test.each([
    [{ name: "m" }, "targets", "is required"],
    [{ name: "m", targets: [] }, "targets", "is empty"],
    [{ name: "m", targets: ["opnai/x"] }, "targets[0]", 'did you mean "openai/x"?'],
    [{ name: "m", targets: ["openai"] }, "targets[0]", "provider/model"],
    [{ name: "m", targets: ["openai/x"], fallbacks: ["fsat"] }, "fallbacks[0]", 'did you mean "fast"?'],
    [{ name: "m", targets: ["openai/x"], fallbacks: ["m"] }, "fallbacks", "fallbacks form a cycle: m → m"],
    [{ name: "m", targets: ["openai/x"], strategy: "latncy" }, "strategy", 'did you mean "latency"?'],
    [{ name: "m x", targets: ["openai/x"] }, "name", "white space"],
    [
      { name: "m", targets: ["openai/x"], cache: { semantic: { judge: { model: "fsat" } } } },
      "cache.semantic.judge.model",
      'did you mean "fast"?',
    ],
  ])("model %j: %s %s", async (body, param, message) => {
    await using open = await openRouting();
    const error = await rejection(open.book.create("models", body, BY));
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect((error as Error).message).toContain(message);
  });

  test("several faults are told at once", async () => {
    await using open = await openRouting();
    const body = {
      name: "p",
      type: "openai",
      keys: [{ env: "HOME" }],
      baseUrl: "http://127.0.0.1",
      timeouts: { connectMs: 0 },
    };
    const { message } = (await rejection(open.book.create("providers", body, BY))) as Error;
    expect(message).toContain("(and 2 more: ");
    for (const path of ["timeouts.connectMs", "baseUrl", "keys[0]"]) expect(message).toContain(path);
  });
});

describe("whoever holds a token cannot read the host", () => {
  const places = (value: unknown) => [
    { keys: [value] },
    { keys: [{ secret: value }] },
    { keys: ["k"], headers: { "x-team": value } },
  ];
  test.each(
    [
      { env: "HOME" },
      { file: "/etc/passwd" },
      { vault: "secret/data/x#y" },
      { awsSecret: "x" },
      { gcpSecret: "x" },
      { azureSecret: "v/x" },
      { env: "HOME", file: "x" },
      { exec: "id" },
    ].flatMap(places),
  )("CVE-2026-35029, CVE-2026-30623: %j is refused", async (settings) => {
    await using open = await openRouting({}, { environment: { HOME: "/root" } });
    const error = await rejection(open.book.create("providers", { name: "p", type: "openai", ...settings }, BY));
    expect(error).toMatchObject({ code: "invalid_request" });
    expect((error as Error).message).toContain("must be the secret itself");
    expect((error as Error).message).not.toContain("/root");
  });
});

describe("addresses", () => {
  const at = (baseUrl: string) => ({ ...UP, baseUrl });
  const PRIVATE = { ...FILE, server: { allowPrivateNetwork: true } };

  test.each([
    "http://127.0.0.1:11434/v1",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "http://0x7f.1",
    "http://localhost",
  ])("CVE-2024-6587, CVE-2025-66405: %s is refused at once, as baseUrl", async (address) => {
    await using open = await openRouting();
    expect(await rejection(open.book.create("providers", at(address), BY))).toMatchObject({
      status: 400,
      param: "baseUrl",
    });
    await open.book.create("providers", UP, BY);
    const change = open.book.update("providers", "up", { baseUrl: address, keys: [SECRET] }, BY);
    expect(await rejection(change)).toMatchObject({ status: 400, param: "baseUrl" });
  });

  test("the file may allow private ones, never a metadata service", async () => {
    await using open = await openRouting(PRIVATE);
    await open.book.create("providers", at("http://127.0.0.1:11434/v1"), BY);
    const metadata = open.book.create("providers", { ...at("http://169.254.169.254"), name: "m" }, BY);
    expect(await rejection(metadata)).toMatchObject({ param: "baseUrl" });
    // What the file no longer allows is out of force, and back when it does.
    open.reload(FILE);
    expect(open.book.get("providers", "up")).toMatchObject({ state: "faulty" });
    expect(names(open.config().providers)).toEqual(["openai"]);
    open.reload(PRIVATE);
    expect(open.book.get("providers", "up")).toMatchObject({ state: "active", fault: null });
  });

  test("a name that leads inside already is refused; one that is not known yet is taken", async () => {
    const known: Record<string, string[]> = { "inside.example": ["10.0.0.7"], "up.example": ["93.184.215.14"] };
    const lookup = async (host: string) => known[host] ?? Promise.reject(new Error("ENOTFOUND"));
    await using open = await openRouting(FILE, { lookup });
    const inside = open.book.create("providers", at("https://inside.example/v1"), BY);
    expect(await rejection(inside)).toMatchObject({ status: 400, param: "baseUrl" });
    await open.book.create("providers", at("https://up.example/v1"), BY);
    await open.book.create("providers", { ...at("https://later.example/v1"), name: "later" }, BY);
    expect(names(open.config().providers)).toEqual(["openai", "up", "later"]);
  });

  test("a service account cannot send its assertion inside", async () => {
    await using open = await openRouting();
    const account = {
      type: "service_account",
      client_email: "a@b",
      private_key: "k",
      token_uri: "http://127.0.0.1/token",
    };
    const body = { name: "v", type: "vertex", project: "p", location: "europe-west1", keys: [JSON.stringify(account)] };
    const error = await rejection(open.book.create("providers", body, BY));
    expect(error).toMatchObject({ status: 400, param: "keys[0]" });
    expect((error as Error).message).toContain("its token_uri leads into a private network");
  });
});

describe("changes", () => {
  test("each field given replaces the old one as a whole, null takes it away, the rest stays", async () => {
    await using open = await openRouting();
    await open.book.create("providers", { ...UP, headers: { "x-team": "search" }, timeouts: { connectMs: 1 } }, BY);
    await open.clock.advance(1_000);
    const change = { forwardHeaders: ["x-trace"], timeouts: null };
    const view = await open.book.update("providers", "up", change, BY);
    expect(view).toMatchObject({ forwardHeaders: ["x-trace"], timeouts: null, headers: { "x-team": "…" } });
    expect(view["updated_at"]).toBe(new Date(NOW_MS + 1_000).toISOString());
    const { keys, headers, timeouts } = open.config().providers[1]!;
    expect({ keys, headers, timeouts }).toEqual({
      keys: [{ name: "key-1", secret: SECRET, weight: 1 }],
      headers: { "x-team": "search" },
      timeouts: {},
    });
  });

  test("a key that is named keeps its secret where none is given, also one that comes back as it was shown", async () => {
    await using open = await openRouting();
    const view = await open.book.create("providers", { ...UP, keys: [SECRET, { secret: "sk-b", name: "b" }] }, BY);
    await open.book.update("providers", "up", { keys: [{ name: "b", weight: 2 }, { name: "key-1" }, "sk-new"] }, BY);
    expect(open.config().providers[1]!.keys).toEqual([
      { name: "b", secret: "sk-b", weight: 2 },
      { name: "key-1", secret: SECRET, weight: 1 },
      { name: "key-3", secret: "sk-new", weight: 1 },
    ]);
    await open.book.update("providers", "up", { keys: view["keys"], headers: { "x-a": "1" } }, BY);
    await open.book.update("providers", "up", { headers: { "x-a": "…", "x-b": "2" } }, BY);
    expect(open.config().providers[1]!.keys.map(({ secret }) => secret)).toEqual([SECRET, "sk-b"]);
    expect(open.config().providers[1]!.headers).toEqual({ "x-a": "1", "x-b": "2" });
  });

  test.each<[object, string]>([
    [{ baseUrl: "https://mine.example/v1" }, "baseUrl"],
    [{ baseUrl: "https://up.example/other" }, "baseUrl"],
    [{ baseUrl: "https://mine.example/v1", keys: [{ name: "key-1" }], headers: { "x-team": "known" } }, "baseUrl"],
    [{ baseUrl: "https://mine.example/v1", keys: ["sk-known"] }, "baseUrl"],
    [{ baseUrl: "https://mine.example/v1", keys: ["sk-known"], headers: { "x-team": "…" } }, "baseUrl"],
    [{ type: "openai" }, "type"],
    [{ type: "huggingface", baseUrl: null }, "baseUrl"],
  ])("a stored secret is not sent elsewhere by whoever does not know it: %j", async (change, param) => {
    await using open = await openRouting();
    await open.book.create("providers", { ...UP, headers: { "x-team": "header-secret" } }, BY);
    const before = open.config();
    const refused = await rejection(open.book.update("providers", "up", { ...change }, BY));
    expect(refused).toMatchObject({ status: 400, param });
    expect(open.config()).toEqual(before);
    const known = { ...change, keys: [SECRET], headers: { "x-team": "header-secret" } };
    await open.book.update("providers", "up", known, BY);
    expect(open.config().providers[1]!.keys[0]!.secret).toBe(SECRET);
  });

  test("a provider without secrets moves as it likes, and one may lose them on its way", async () => {
    await using open = await openRouting();
    const { keys: _, ...bare } = UP;
    await open.book.create("providers", bare, BY);
    await open.book.update("providers", "up", { baseUrl: "https://two.example/v1", keys: [SECRET] }, BY);
    await open.book.update("providers", "up", { baseUrl: "https://three.example/v1", keys: null }, BY);
    expect(open.config().providers[1]).toMatchObject({ baseUrl: "https://three.example/v1", keys: [] });
  });

  test("a mask is never taken for a secret", async () => {
    await using open = await openRouting();
    await open.book.create("providers", UP, BY);
    for (const keys of [["…WXYZ"], [{ name: "other", secret: "…WXYZ" }]]) {
      const error = await rejection(open.book.update("providers", "up", { keys }, BY));
      expect((error as Error).message).toContain("is the masked form");
    }
  });

  test("a name is kept", async () => {
    await using open = await openRouting();
    await open.book.create("models", { name: "m", targets: ["openai/x"] }, BY);
    expect(await rejection(open.book.update("models", "m", { name: "n" }, BY))).toMatchObject({
      status: 400,
      param: "name",
    });
    await open.book.update("models", "m", { name: "m", strategy: "latency" }, BY);
    expect(open.config().models.at(-1)).toMatchObject({ name: "m", strategy: "latency" });
  });

  test("what cannot be built, or not be written, changes nothing", async () => {
    await using open = await openRouting();
    await open.book.create("providers", UP, BY);
    const before = open.book.list("providers");
    open.refuseNext(new Error("no"));
    expect(await rejection(open.book.update("providers", "up", { timeouts: { connectMs: 5 } }, BY))).toMatchObject({
      message: "no",
    });
    const [row] = await open.store.routing.providers.list();
    const { id: _, ...audit } = (await open.store.audit.list({}, { limit: 1 })).data[0]!;
    await open.store.routing.providers.update({ ...row!, version: 2 }, audit);
    const stale = open.book.update("providers", "up", { timeouts: { connectMs: 5 } }, BY);
    expect(await rejection(stale)).toMatchObject({ code: "precondition_failed" });
    expect(open.book.list("providers")).toEqual(before);
    expect(open.config().providers[1]!.baseUrl).toBe("https://up.example/v1");
  });

  test("run one after the other: of two that cannot both be, one is", async () => {
    await using open = await openRouting();
    const twice = await Promise.allSettled([
      open.book.create("providers", UP, BY),
      open.book.create("providers", UP, BY),
    ]);
    expect(twice.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    const model = { name: "m", targets: ["up/x"] };
    const racing = await Promise.allSettled([
      open.book.delete("providers", "up", BY),
      open.book.create("models", model, BY),
    ]);
    expect(racing.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(open.layered().warnings).toEqual([]);
  });

  test("what a model names stays", async () => {
    await using open = await openRouting();
    await open.book.create("providers", UP, BY);
    await open.book.create("models", { name: "m", targets: ["up/x"] }, BY);
    await open.book.create("models", { name: "n", targets: ["openai/x"], fallbacks: ["m"] }, BY);
    expect(await rejection(open.book.delete("providers", "up", BY))).toMatchObject({
      code: "conflict",
      message: 'The provider "up" is still named by model "m".',
    });
    expect(await rejection(open.book.delete("models", "m", BY))).toMatchObject({ code: "conflict" });
    for (const name of ["n", "m"]) await open.book.delete("models", name, BY);
    await open.book.delete("providers", "up", BY);
    expect(open.config().providers).toHaveLength(1);
    expect(await open.store.routing.providers.list()).toEqual([]);
  });

  test("are audited, with secrets masked", async () => {
    await using open = await openRouting();
    const { id } = await open.book.create("providers", UP, BY);
    await open.book.update("providers", "up", { baseUrl: "https://x.example", keys: [SECRET] }, BY);
    await open.book.delete("providers", "up", BY);
    const { data } = await open.store.audit.list({ resource: "provider", resourceId: id }, { limit: 9 });
    expect(data.map(({ action }) => action)).toEqual(["delete", "update", "create"]);
    expect(data[1]).toMatchObject({
      actor: "admin token",
      remoteAddress: "192.0.2.1",
      name: "up",
      before: { baseUrl: "https://up.example/v1", keys: [{ secret: "…WXYZ" }] },
      after: { baseUrl: "https://x.example" },
    });
  });
});

describe("what the file declares", () => {
  test.each([
    ["providers", "openai", { name: "openai", type: "openai", keys: ["k"] }],
    ["models", "fast", { name: "fast", targets: ["openai/x"] }],
  ] as const)("%s: is shown, without secrets, and read-only", async (kind, name, body) => {
    await using open = await openRouting();
    const view = open.book.get(kind, name);
    expect(view).toMatchObject({ name, origin: "file", state: "active" });
    expect(JSON.stringify(view)).not.toContain("sk-of-the-file");
    for (const change of [
      open.book.create(kind, body, BY),
      open.book.update(kind, name, {}, BY),
      open.book.delete(kind, view.id, BY),
    ]) {
      const error = await rejection(change);
      expect(error).toMatchObject({ code: "conflict", param: "name" });
      expect((error as Error).message).toContain("declared in the configuration file");
    }
  });

  test("wins when it declares the same name later, until it lets go of it", async () => {
    await using open = await openRouting();
    const made = await open.book.create("providers", UP, BY);
    const declared = { ...FILE, providers: { ...FILE.providers, up: { type: "groq", keys: ["gsk"] } } };
    open.reload(declared);
    expect(open.config().providers.map(({ name, type }) => [name, type])).toEqual([
      ["openai", "openai"],
      ["up", "groq"],
    ]);
    expect(open.layered().warnings).toEqual(['provider "up" made by API is out of force: the file declares one']);
    expect(open.book.list("providers").map(({ name, origin, state }) => [name, origin, state])).toEqual([
      ["openai", "file", "active"],
      ["up", "file", "active"],
      ["up", "api", "shadowed"],
    ]);
    expect(open.book.get("providers", "up").origin).toBe("file");
    expect(open.book.get("providers", made.id).state).toBe("shadowed");
    expect(await rejection(open.book.update("providers", made.id, { headers: null }, BY))).toMatchObject({
      code: "conflict",
    });
    open.reload(FILE);
    expect(open.book.get("providers", "up")).toEqual(made);
    open.reload(declared);
    await open.book.delete("providers", made.id, BY);
    expect(open.config().providers[1]).toMatchObject({ name: "up", type: "groq" });
  });

  test("may take away what was referred to: that is out of force and told, the rest goes on", async () => {
    await using open = await openRouting();
    await open.book.create("models", { name: "a", targets: ["openai/x"] }, BY);
    await open.book.create("models", { name: "b", targets: ["groq/x"] }, BY).catch(() => {});
    await open.book.create("providers", UP, BY);
    await open.book.create("models", { name: "c", targets: ["up/x"], fallbacks: ["a"] }, BY);
    await open.book.create("models", { name: "d", targets: ["up/x"] }, BY);
    open.reload({ providers: { groq: { type: "groq", keys: ["gsk"] } }, models: { only: ["groq/x"] } });
    expect(names(open.config().models)).toEqual(["only", "d"]);
    expect(open.book.get("models", "a")).toMatchObject({
      state: "faulty",
      fault: 'targets[0]: no provider "openai"; there are groq, up',
    });
    // What fell back to it cannot hold either.
    expect(open.book.get("models", "c")).toMatchObject({ state: "faulty", fault: 'fallbacks[0]: no model "a"' });
    expect(open.layered().warnings).toHaveLength(2);
    await open.book.update("models", "a", { targets: ["groq/y"] }, BY);
    expect(names(open.config().models)).toEqual(["only", "a", "c", "d"]);
    expect(open.layered().warnings).toEqual([]);
  });

  test("may close a cycle: all that is on it is out of force", async () => {
    await using open = await openRouting();
    await open.book.create("models", { name: "a", targets: ["openai/x"] }, BY);
    const declared = { ...FILE, models: { ...FILE.models, a: ["openai/y"] } };
    await open.book.create("models", { name: "b", targets: ["openai/x"], fallbacks: ["a"] }, BY);
    expect(await rejection(open.book.update("models", "a", { fallbacks: ["b"] }, BY))).toMatchObject({
      param: "fallbacks",
    });
    open.reload(declared);
    expect(names(open.config().models)).toEqual(["fast", "slow", "a", "b"]);
  });
});

describe("zero configuration", () => {
  test("the first real provider takes the place of the simulated ones, and they come back", async () => {
    await using open = await openRouting({});
    expect(names(open.config().providers)).toEqual(["simulated", "simulated-b", "simulated-c"]);
    await open.book.create("providers", { name: "simulated", type: "openai", keys: [SECRET] }, BY);
    expect(open.config().providers.map(({ name, type }) => [name, type])).toEqual([["simulated", "openai"]]);
    expect(open.book.list("providers").map(({ name, origin }) => [name, origin])).toEqual([["simulated", "api"]]);
    expect(resolveBare(open.config().bareRoutes!, "gpt-4o")?.targets[0]).toMatchObject({
      provider: "simulated",
      model: "gpt-4o",
    });
    await open.book.delete("providers", "simulated", BY);
    expect(open.config().providers).toHaveLength(3);
  });

  test("beside keys of the environment it serves bare names too; a model has a name of its own before them", async () => {
    await using open = await openRouting({}, { environment: { OPENAI_API_KEY: "sk-env" } });
    await open.book.create("providers", { name: "claude", type: "anthropic", keys: [SECRET] }, BY);
    expect(names(open.config().providers)).toEqual(["openai", "claude"]);
    expect(resolveBare(open.config().bareRoutes!, "claude-sonnet-4-5")?.targets[0]).toMatchObject({
      provider: "claude",
    });
    await open.book.create("models", { name: "gpt-4o", targets: ["claude/claude-sonnet-4-5"] }, BY);
    await open.book.create("models", { name: "m", targets: ["openai/o3"], fallbacks: ["gpt-4o"] }, BY);
    expect(names(open.config().models)).toEqual(["gpt-4o", "m"]);
    expect(
      await rejection(open.book.create("providers", { name: "openai", type: "openai", keys: ["k"] }, BY)),
    ).toMatchObject({ code: "conflict" });
  });
});

test("with another master key nothing else is lost than the keys, which can be given again", async () => {
  await using open = await openRouting();
  await open.book.create("providers", UP, BY);
  await open.book.create("models", { name: "m", targets: ["openai/x"] }, BY);
  const again = await open.again(createSeal(Buffer.alloc(32, 8)));
  expect(again.get("providers", "up")).toMatchObject({ state: "faulty", baseUrl: UP.baseUrl });
  expect(again.get("providers", "up")["fault"]).toContain("lost with the master key");
  expect(names(open.config().models)).toContain("m");
  await again.update("providers", "up", { keys: [SECRET] }, BY);
  expect(again.get("providers", "up")).toMatchObject({ state: "active" });
});
