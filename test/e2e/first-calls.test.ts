/** The main job, on the compiled binary: an SDK at one address, the first provider down, the answer still arrives. */
import { describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const configOf = (first: Upstream, second: Upstream) => `
import { defineConfig } from "evergate";
import { models } from "./models.ts";
export default defineConfig({
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1", keys: ["sk-first"] },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models,
});`;
const MODELS = `export const models = { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"] } as const;`;

describe("with the first provider down", () => {
  test("both official SDKs stream an answer through the binary, and the header tells why it came from elsewhere", async () => {
    using first = upstream({ dialect: "openai-chat", faults: { error: "unavailable" } });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(first, second), files: { "models.ts": MODELS } });
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "any", maxRetries: 0 });
    const { data: stream, response } = await openai.chat.completions
      .create({ model: "fast", stream: true, messages: [{ role: "user", content: "hi" }] })
      .withResponse();
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("one two three four five");
    expect(response.headers.get("x-evergate-failover")).toBe("first/gpt-4o=server");
    expect(response.headers.get("x-evergate-model")).toBe("second/claude-sonnet-4-5");
    expect(response.headers.get("x-evergate-attempts")).toBe("3");

    const anthropic = new Anthropic({ baseURL: `${gateway.url}/anthropic`, apiKey: "any", maxRetries: 0 });
    const message = await anthropic.messages
      .stream({ model: "fast", max_tokens: 100, messages: [{ role: "user", content: "hi" }] })
      .finalMessage();
    expect(message.content).toMatchObject([{ type: "text", text: "one two three four five" }]);
    expect(message.stop_reason).toBe("end_turn");
  });

  test("a provider that dies while the gateway runs is replaced in the same second", async () => {
    const first = upstream({ dialect: "openai-chat" });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(first, second), files: { "models.ts": MODELS } });
    const ask = () => gateway.fetch("/v1/chat/completions", chat({ model: "fast" }));
    expect((await ask()).headers.get("x-evergate-model")).toBe("first/gpt-4o");
    first.stop();
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get("x-evergate-failover")).toBe("first/gpt-4o=connection");
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: "one two three four five" } }] });
  });

  test("a stream that breaks after content goes on at the next provider, disclosed", async () => {
    using first = upstream({ dialect: "openai-chat", faults: { cut: { afterTokens: 2, how: "rst" } } });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(first, second), files: { "models.ts": MODELS } });
    const response = await gateway.fetch("/v1/chat/completions", chat({ model: "fast", stream: true }));
    const body = await response.text();
    expect(body).toContain(": failover from=first/gpt-4o to=second/claude-sonnet-4-5\n\n");
    expect(textOf(body)).toBe("one two three four five");
    expect(body).toEndWith("data: [DONE]\n\n");
    expect(new Set(chunksOf(body).map(({ id }) => id)).size).toBe(1);
  });
});

test("a same-dialect upstream receives the client's own bytes but for the model", async () => {
  using first = upstream({ dialect: "openai-chat", strict: false });
  using second = upstream({ dialect: "anthropic-messages" });
  await using gateway = await startGateway({ config: configOf(first, second), files: { "models.ts": MODELS } });
  const body =
    '{ "unknown_field" : 1.50, "model":"fast",\n "messages":[{"content":"h\\u0069","role":"user"}], "seed": 12345678901234567890 }';
  await gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(new TextDecoder().decode(first.requests[0]!.body)).toBe(body.replace('"fast"', '"gpt-4o"'));
});

test("the binary alone in an empty directory answers within half a second of its start, and says it is simulated", async () => {
  await using gateway = await startGateway();
  expect(gateway.readyMs).toBeLessThan(5_000);
  const response = await gateway.fetch("/v1/chat/completions", chat({ model: "gpt-4o" }));
  expect(response.headers.get("x-evergate-provider")).toBe("simulated");
  expect(gateway.output.stdout).toContain("simulated providers answer");
  const line = /"try":"(curl (?:[^"\\]|\\.)*)"/.exec(gateway.output.stdout)?.[1];
  const pasted = Bun.spawnSync(["sh", "-c", JSON.parse(`"${line}"`)]);
  expect(pasted.stdout.toString()).toContain("data: [DONE]");
});

describe("reload", () => {
  test("under load loses no call, on save and on SIGHUP; a broken file changes nothing", async () => {
    using first = upstream({ dialect: "openai-chat" });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(first, second), files: { "models.ts": MODELS } });
    const failed: number[] = [];
    let stop = false;
    const load = Promise.all(
      [1, 2, 3, 4].map(async () => {
        while (!stop) {
          const response = await gateway.fetch("/v1/chat/completions", chat({ model: "fast", stream: true }));
          const body = await response.text();
          if (response.status !== 200 || textOf(body) !== "one two three four five") failed.push(response.status);
        }
      }),
    );
    await gateway.write("models.ts", `export const models = { fast: ["second/claude-sonnet-4-5"] } as const;`);
    await gateway.printed("configuration reloaded");
    const moved = await gateway.fetch("/v1/chat/completions", chat({ model: "fast" }));
    expect(moved.headers.get("x-evergate-model")).toBe("second/claude-sonnet-4-5");
    await gateway.write("models.ts", `export const models = { fast: ["nowhere/x"] } as const;`);
    await gateway.printed("configuration not reloaded");
    gateway.signal("SIGHUP");
    const kept = await gateway.fetch("/v1/chat/completions", chat({ model: "fast" }));
    expect(kept.headers.get("x-evergate-model")).toBe("second/claude-sonnet-4-5");
    stop = true;
    await load;
    expect(failed).toEqual([]);
  });
});

describe("drain", () => {
  test("SIGTERM lets a running stream finish, refuses new calls and exits with 0", async () => {
    using first = upstream({ dialect: "openai-chat", faults: { tokenDelayMs: 400 } });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(first, second), files: { "models.ts": MODELS } });
    const response = await gateway.fetch("/v1/chat/completions", chat({ model: "fast", stream: true }));
    const body = response.text();
    gateway.signal("SIGTERM");
    await gateway.printed("draining");
    const refused = await gateway.fetch("/v1/chat/completions", chat({ model: "fast" }));
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await refused.json()).error).toMatchObject({ code: "shutting_down", source: "gateway" });
    expect((await gateway.fetch("/health/ready")).status).toBe(503);
    expect((await gateway.fetch("/health/live")).status).toBe(200);
    expect(textOf(await body)).toBe("one two three four five");
    expect(await gateway.exited).toBe(0);
    expect(first.requests.length + second.requests.length).toBe(1);
  });

  test("after drainMs a stream ends with an error event, never as if complete, and its call is in the log", async () => {
    using first = upstream({ dialect: "openai-chat", faults: { stall: { afterTokens: 2 } } });
    using second = upstream({ dialect: "anthropic-messages" });
    const config = configOf(first, second).replace("providers:", "server: { drainMs: 300 }, providers:");
    await using gateway = await startGateway({ config, files: { "models.ts": MODELS } });
    const response = await gateway.fetch("/v1/chat/completions", chat({ model: "fast", stream: true }));
    const body = response.text();
    gateway.signal("SIGTERM");
    expect(await body).toContain('"code":"shutting_down"');
    expect(await body).not.toContain("[DONE]");
    expect(await gateway.exited).toBe(0);
  });
});

function chat(body: object): RequestInit {
  const messages = [{ role: "user", content: "hi" }];
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages, ...body }),
  };
}

interface Chunk {
  id: string;
  choices: { delta: { content?: string } }[];
}

function chunksOf(stream: string): Chunk[] {
  return stream.split("\n").flatMap((line) => (line.startsWith("data: {") ? [JSON.parse(line.slice(6)) as Chunk] : []));
}

function textOf(stream: string): string {
  return chunksOf(stream)
    .map(({ choices }) => choices?.[0]?.delta.content ?? "")
    .join("");
}

test("a call can be looked up the moment its answer is there", async () => {
  await using gateway = await startGateway({ env: { EVERGATE_LOG: "error" } });
  const token = /ega_[\w-]+/.exec(gateway.output.stderr)?.[0];
  for (let i = 0; i < 5; i++) {
    const response = await gateway.fetch("/v1/chat/completions", chat({ model: "gpt-4o" }));
    await response.arrayBuffer();
    const id = response.headers.get("x-evergate-request-id");
    const row = await gateway.fetch(`/admin/requests/${id}`, { headers: { authorization: `Bearer ${token}` } });
    expect(row.status).toBe(200);
  }
});

test("a spent account is left alone until the day turns, or until the operator reloads", async () => {
  using first = upstream({ dialect: "openai-chat", faults: { error: "insufficient_quota" } });
  const config = `import { defineConfig } from "evergate";
export default defineConfig({ providers: { m: { type: "openai-compatible", baseUrl: "${first.url}/v1" } } });`;
  await using gateway = await startGateway({ config });
  const ask = async () => (await gateway.fetch("/v1/chat/completions", chat({ model: "m/x" }))).status;
  expect([await ask(), await ask()]).toEqual([429, 429]);
  expect(first.requests).toHaveLength(1);
  first.setFaults(undefined);
  gateway.signal("SIGHUP");
  await gateway.printed("configuration reloaded");
  expect(await ask()).toBe(200);
});
