/** The whole process over providers made by API: what reaches whom, what stays, what is refused. */
import { describe, expect, test } from "bun:test";
import type { Fetch } from "../../src/canonical/deps.ts";
import { startHost } from "../../src/cli/host.ts";
import { realClock } from "../../src/cli/real-deps.ts";
import { temporaryDirectory } from "../store/support.ts";
import { collectingLog } from "../support/collecting-log.ts";

const SECRET = "sk-canary-0123456789abcdefWXYZ";
const ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

interface Options {
  value?: object;
  lookup?: (host: string) => Promise<string[]>;
  fetch?: Fetch;
}

async function running({ value = {}, lookup, fetch: send = fetch as unknown as Fetch }: Options = {}) {
  const directory = temporaryDirectory();
  const log = collectingLog();
  const sent: string[] = [];
  const deps = {
    clock: realClock,
    random: Math.random,
    log: log.log,
    fetch: (url: string, init: RequestInit) => {
      if (!url.includes(":11434/")) sent.push(url);
      return send(url, init);
    },
    ...(lookup && { lookup }),
  };
  const host = await startHost({
    deps,
    value: {
      ...value,
      server: { adminToken: "admin-token-of-the-test", port: 0, ...(value as { server?: object }).server },
    },
    directory: directory.path,
    environment: {},
    overrides: { dataPath: directory.path },
  });
  const base = `http://127.0.0.1:${host.server.port}`;
  const call = (path: string, method: string, body?: unknown, token = "admin-token-of-the-test") =>
    fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    sent,
    log,
    admin: async (method: string, path: string, body?: unknown) => {
      const response = await call(`/admin${path}`, method, body);
      // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
      return { status: response.status, json: (await response.json()) as any };
    },
    get: (path: string) => call(path, "GET"),
    chat: (model: string, more: object = {}) =>
      call("/v1/chat/completions", "POST", { model, messages: [{ role: "user", content: "Hello" }], ...more }),
    async [Symbol.asyncDispose]() {
      await host.drain();
      directory[Symbol.dispose]();
    },
  };
}

function serve(handler: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handler });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => server.stop(true) };
}

const PRIVATE = { server: { allowPrivateNetwork: true } };
const NO_RETRIES = { resilience: { retries: { perTarget: 0 } } };

describe("addresses at the call", () => {
  test("DNS rebinding: a name that leads inside after it was made is never connected to, and the client is told why", async () => {
    const addresses: Record<string, string[]> = {};
    let reached = 0;
    using inside = serve(() => {
      reached += 1;
      return Response.json(ANSWER);
    });
    const port = new URL(inside.url).port;
    await using gateway = await running({
      value: NO_RETRIES,
      lookup: async (host) => addresses[host] ?? ["93.184.215.14"],
      // The internet of this test: whatever is sent to the public address is answered.
      fetch: async (url, init) => (url.includes("93.184.215.14") ? Response.json(ANSWER) : fetch(url, init)),
    });
    const make = async (name: string) => {
      const baseUrl = `http://${name}.example:${port}/v1`;
      const body = { name, type: "openai-compatible", baseUrl, keys: [SECRET] };
      expect((await gateway.admin("POST", "/providers", body)).status).toBe(201);
    };
    await make("up");
    expect((await gateway.chat("up/m")).status).toBe(200);
    expect(gateway.sent).toEqual([`http://93.184.215.14:${port}/v1/chat/completions`]);
    const inner = [
      ["127.0.0.1"],
      ["93.184.215.14", "127.0.0.1"],
      ["::ffff:127.0.0.1"],
      ["::1"],
      ["0.0.0.0"],
      ["169.254.169.254"],
    ];
    for (const [index, found] of inner.entries()) {
      await make(`p${index}`);
      addresses[`p${index}.example`] = found;
      const refused = await gateway.chat(`p${index}/m`);
      expect(refused.status).toBe(502);
      const { error } = (await refused.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe("upstream_error");
      expect(error.message).toContain("leads to an address that providers made by API may not have; nothing was sent");
      for (const address of found) expect(error.message).not.toContain(address);
    }
    expect([reached, gateway.sent.length]).toEqual([0, 1]);
  });

  test("a redirect is not followed: the key stays where it was meant for", async () => {
    const seen: (string | null)[] = [];
    using elsewhere = serve((request) => {
      seen.push(request.headers.get("authorization"));
      return Response.json(ANSWER);
    });
    using up = serve(() => Response.redirect(`${elsewhere.url}/v1/chat/completions`, 307));
    await using gateway = await running({ value: { ...NO_RETRIES, ...PRIVATE } });
    const body = { name: "up", type: "openai-compatible", baseUrl: `${up.url}/v1`, keys: [SECRET] };
    expect((await gateway.admin("POST", "/providers", body)).status).toBe(201);
    const answer = await gateway.chat("up/m");
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain("answered with a redirect (307)");
    expect(seen).toEqual([]);
  });

  test("what the file declares is the operator's own and may be private", async () => {
    using up = serve(() => Response.json(ANSWER));
    const providers = { local: { type: "openai-compatible", baseUrl: `${up.url}/v1` } };
    await using gateway = await running({ value: { providers } });
    expect((await gateway.chat("local/m")).status).toBe(200);
    const body = { name: "up", type: "openai-compatible", baseUrl: `${up.url}/v1` };
    const refused = await gateway.admin("POST", "/providers", body);
    expect([refused.status, refused.json.error.param]).toEqual([400, "baseUrl"]);
  });
});

describe("without a restart", () => {
  test("what was made counts for the next call, and what was removed no longer; calls in flight end as they began", async () => {
    const more = Promise.withResolvers<void>();
    const frame = (content: string, finish: string | null = null) =>
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
    using up = serve(
      () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(new TextEncoder().encode(frame("one ")));
              await more.promise;
              controller.enqueue(new TextEncoder().encode(`${frame("two")}${frame("", "stop")}data: [DONE]\n\n`));
              controller.close();
            },
          }),
          { headers: { "content-type": "text/event-stream" } },
        ),
    );
    await using gateway = await running({ value: { ...PRIVATE, providers: {}, models: {} } });
    expect((await gateway.chat("new")).status).toBe(404);
    await gateway.admin("POST", "/providers", {
      name: "up",
      type: "openai-compatible",
      baseUrl: `${up.url}/v1`,
      keys: [SECRET],
    });
    await gateway.admin("POST", "/models", { name: "new", targets: ["up/m"] });
    const streaming = await gateway.chat("new", { stream: true });
    expect(streaming.status).toBe(200);
    expect((await gateway.admin("DELETE", "/models/new")).status).toBe(200);
    expect((await gateway.admin("DELETE", "/providers/up")).status).toBe(200);
    for (const model of ["new", "up/m"]) expect((await gateway.chat(model)).status).toBe(404);
    more.resolve();
    const text = await streaming.text();
    expect(text).toContain("two");
    expect(text).toContain("[DONE]");
  });

  test("what is known of targets outlives a change; refused keys have another chance", async () => {
    let status = 401;
    using up = serve(() =>
      status === 200 ? Response.json(ANSWER) : Response.json({ error: { message: "no" } }, { status }),
    );
    await using gateway = await running({ value: PRIVATE });
    await gateway.admin("POST", "/providers", {
      name: "up",
      type: "openai-compatible",
      baseUrl: `${up.url}/v1`,
      keys: [SECRET],
    });
    await gateway.admin("POST", "/models", { name: "a", targets: ["up/a"] });
    await gateway.admin("POST", "/models", { name: "b", targets: ["up/b"] });
    expect((await gateway.admin("POST", "/targets/up/b/drain")).status).toBe(200);
    expect((await gateway.chat("a")).status).toBe(502);
    const reason = async () =>
      (await gateway.admin("GET", "/targets")).json.data.find(({ target }: { target: string }) => target === "up/a")
        .reason;
    expect(await reason()).toBe("resting: auth");
    status = 200;
    await gateway.admin("PATCH", "/providers/up", { keys: ["sk-another-0123456789abcdef"] });
    expect(await reason()).toBeNull();
    expect((await gateway.chat("a")).status).toBe(200);
    expect((await gateway.chat("b")).status).toBe(503);
  });

  test("the effective configuration and the models list hold it, without secrets", async () => {
    await using gateway = await running({ value: { models: { fast: ["simulated/gpt-4o"] } } });
    await gateway.admin("POST", "/providers", {
      name: "up",
      type: "openai",
      keys: [SECRET],
      headers: { "x-team": "canary" },
    });
    await gateway.admin("POST", "/models", { name: "new", targets: ["up/m"] });
    const { json } = await gateway.admin("GET", "/config");
    expect(json.providers.up).toMatchObject({ type: "openai", keys: ["…WXYZ"], headers: { "x-team": "…" } });
    expect(Object.keys(json.models)).toEqual(["fast", "new"]);
    // The file's own models name the simulated providers, so these stay.
    expect(Object.keys(json.providers)).toContain("simulated");
    expect(JSON.stringify(json) + gateway.log.text()).not.toContain(SECRET);
    const { data } = (await (await gateway.get("/v1/models")).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(["fast", "new", "simulated/gpt-4o", "up/m"]);
    // Keys may be confined to it, by names that are checked.
    expect((await gateway.admin("POST", "/keys", { name: "k", providers: ["up"], models: ["new"] })).status).toBe(201);
    const mistyped = await gateway.admin("POST", "/keys", { name: "l", models: ["nwe"] });
    expect(mistyped.json.error.message).toContain('did you mean "new"?');
  });
});
