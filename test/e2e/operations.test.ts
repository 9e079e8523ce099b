/** OpenAI's own SDK at the compiled binary: the operations besides chat, over every vendor's form of them. */
import { describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { type Gateway, startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

function sdk(gateway: Gateway): OpenAI {
  return new OpenAI({ apiKey: "any", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
}

const VENDORS = [
  ["openai-chat", "openai-compatible", "/v1", "/v1/embeddings"],
  ["gemini", "gemini", "", "/v1beta/models/m:batchEmbedContents"],
  ["cohere", "cohere", "", "/v2/embed"],
  ["ollama", "ollama", "", "/api/embed"],
] as const;

test.each(VENDORS)(
  "embeddings over %s fail over and are equal in both encodings",
  async (dialect, type, path, asked) => {
    using broken = upstream({ dialect: "openai-chat", faults: { error: "unavailable" } });
    using server = upstream({ dialect });
    await using gateway = await startGateway({
      config: `export default {
      providers: {
        broken: { type: "openai-compatible", baseUrl: "${broken.url}/v1", keys: ["a"] },
        up: { type: "${type}", baseUrl: "${server.url}${path}", keys: ["b"] },
      },
      models: { embedder: ["broken/m", "up/m"] },
      pricing: { "up/m": { inputPerMillionUsd: 1, outputPerMillionUsd: 0 } },
    };`,
    });
    const client = sdk(gateway);
    const input = ["first text", "second text"];
    const { data: floats, response } = await client.embeddings
      .create({ model: "embedder", input, encoding_format: "float", dimensions: 4 })
      .withResponse();
    expect(floats.data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
    expect(floats.data[0]!.embedding).not.toEqual(floats.data[1]!.embedding);
    expect(response.headers.get("x-evergate-model")).toBe("up/m");
    expect(response.headers.get("x-evergate-failover")).toBe("broken/m=server");
    expect(Number(response.headers.get("x-evergate-cost-usd"))).toBeGreaterThan(0);
    // Left to itself the SDK asks for base64 and decodes it.
    const decoded = await client.embeddings.create({ model: "embedder", input, dimensions: 4 });
    expect(decoded.data.map(({ embedding }) => [...embedding])).toEqual(floats.data.map(({ embedding }) => embedding));
    expect(server.requests[0]!.path).toBe(asked);
  },
);

test("a provider without embeddings is passed over, and errors are OpenAI's", async () => {
  using claude = upstream({ dialect: "anthropic-messages" });
  using server = upstream({ dialect: "openai-chat" });
  await using gateway = await startGateway({
    config: `export default {
      providers: {
        claude: { type: "anthropic", baseUrl: "${claude.url}", keys: ["a"] },
        up: { type: "openai-compatible", baseUrl: "${server.url}/v1", keys: ["b"] },
      },
      models: { mixed: ["claude/m", "up/m"], none: ["claude/m"] },
    };`,
  });
  const client = sdk(gateway);
  const answer = await client.embeddings.create({ model: "mixed", input: "x" });
  expect(answer.data).toHaveLength(1);
  expect(claude.requests).toHaveLength(0);
  const create = async (model: string, input: string) => await client.embeddings.create({ model, input });
  await expect(create("none", "x")).rejects.toMatchObject({
    status: 400,
    code: "invalid_request",
    param: "model",
  });
  await expect(create("mixed", "")).rejects.toMatchObject({ status: 400, param: "input" });
});

test("moderations, images and reranking fail over, at vendors that have them", async () => {
  using broken = upstream({ dialect: "openai-chat", faults: { error: "server" } });
  using server = upstream({ dialect: "openai-chat" });
  using cohere = upstream({ dialect: "cohere" });
  await using gateway = await startGateway({
    config: `export default {
      resilience: { retries: { perTarget: 0 } },
      providers: {
        broken: { type: "openai-compatible", baseUrl: "${broken.url}/v1", keys: ["a"] },
        up: { type: "openai-compatible", baseUrl: "${server.url}/v1", keys: ["b"] },
        cohere: { type: "cohere", baseUrl: "${cohere.url}", keys: ["c"] },
      },
      models: { any: ["broken/m", "cohere/m", "up/m"] },
    };`,
  });
  const client = sdk(gateway);
  const judged = await client.moderations.create({ model: "any", input: ["hello", "I will kill you"] });
  expect(judged.results.map(({ flagged }) => flagged)).toEqual([false, true]);
  const { data: drawn, response } = await client.images
    .generate({ model: "any", prompt: "a dog", n: 2 })
    .withResponse();
  expect(drawn.data!.map(({ b64_json: png }) => png!.slice(0, 5))).toEqual(["iVBOR", "iVBOR"]);
  expect(response.headers.get("x-evergate-failover")).toBe("broken/m=server");
  const ranked = await gateway.fetch("/v1/rerank", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "any", query: "dogs", documents: ["About cats.", "About dogs."], top_n: 1 }),
  });
  expect(ranked.headers.get("x-evergate-model")).toBe("cohere/m");
  expect(await ranked.json()).toMatchObject({ results: [{ index: 1 }] });
});

test("tokens are counted by a provider of the client's dialect, else here and marked", async () => {
  using claude = upstream({ dialect: "anthropic-messages" });
  using google = upstream({ dialect: "gemini" });
  using other = upstream({ dialect: "openai-chat" });
  await using gateway = await startGateway({
    config: `export default {
      providers: {
        claude: { type: "anthropic", baseUrl: "${claude.url}", keys: ["a"] },
        google: { type: "gemini", baseUrl: "${google.url}", keys: ["b"] },
        other: { type: "openai-compatible", baseUrl: "${other.url}/v1", keys: ["c"] },
      },
      models: { mixed: ["other/m", "claude/m", "google/m"], foreign: ["other/m"] },
    };`,
  });
  const anthropic = new Anthropic({ apiKey: "any", baseURL: gateway.url, maxRetries: 0 });
  const google_ = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: gateway.url } });
  const ask = (model: string) =>
    anthropic.messages.countTokens({ model, messages: [{ role: "user", content: "Say hello." }] }).withResponse();
  const exact = await ask("mixed");
  expect(exact.data.input_tokens).toBeGreaterThan(0);
  expect(exact.response.headers.get("x-evergate-model")).toBe("claude/m");
  expect(exact.response.headers.get("x-evergate-warnings")).toBeNull();
  const estimated = await ask("foreign");
  expect(estimated.data.input_tokens).toBeGreaterThan(0);
  expect(estimated.response.headers.get("x-evergate-warnings")).toBe("estimated");
  expect(other.requests).toHaveLength(0);
  expect((await google_.models.countTokens({ model: "mixed", contents: "Say hello." })).totalTokens).toBeGreaterThan(0);
  expect(google.requests[0]!.path).toBe("/v1beta/models/m:countTokens");
  expect((await google_.models.countTokens({ model: "foreign", contents: "hello" })).totalTokens).toBeGreaterThan(0);
});

test("speech and transcriptions fail over; sound passes as it comes, and a cut is no end", async () => {
  using broken = upstream({ dialect: "openai-chat", faults: { error: "server" } });
  using server = upstream({ dialect: "openai-chat" });
  await using gateway = await startGateway({
    config: `export default {
      resilience: { retries: { perTarget: 0 } },
      providers: {
        broken: { type: "openai-compatible", baseUrl: "${broken.url}/v1", keys: ["a"] },
        up: { type: "openai-compatible", baseUrl: "${server.url}/v1", keys: ["b"] },
      },
      models: { audio: ["broken/m", "up/m"] },
    };`,
  });
  const client = sdk(gateway);
  const speak = async () => await client.audio.speech.create({ model: "audio", input: "Hello.", voice: "alloy" });
  const spoken = await speak();
  expect(spoken.headers.get("content-type")).toBe("audio/mpeg");
  expect(spoken.headers.get("x-evergate-failover")).toBe("broken/m=server");
  expect(await spoken.text()).toBe("ID3 Hello.");
  const file = new File(["a dog barks"], "dog.wav", { type: "audio/wav" });
  expect((await client.audio.transcriptions.create({ model: "audio", file })).text).toBe("m heard a dog barks");
  const plain = await client.audio.transcriptions.create({ model: "audio", file, response_format: "text" });
  expect(plain as unknown).toBe("m heard a dog barks");
  const json = await gateway.fetch("/v1/audio/transcriptions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(json.status).toBe(415);
  server.setFaults({ cut: { atByte: 5, how: "rst" } });
  const cut = await speak();
  const heard = cut.arrayBuffer();
  await expect(heard).rejects.toThrow();
});

test("media cost their price a call, and without one what is not known, whatever a token costs", async () => {
  using server = upstream({ dialect: "openai-chat" });
  // As those answer that bill by the piece.
  using painter = Bun.serve({ port: 0, fetch: () => Response.json({ created: 1, data: [{ b64_json: "" }] }) });
  const price = { inputPerMillionUsd: 1_000, outputPerMillionUsd: 1_000 };
  await using gateway = await startGateway({
    config: `export default {
      server: { adminToken: "admin-token-of-the-test" },
      providers: { up: { type: "openai-compatible", baseUrl: "${server.url}/v1", keys: ["b"] },
        art: { type: "openai-compatible", baseUrl: "http://127.0.0.1:${painter.port}/v1", keys: ["c"] } },
      models: { tokens: ["up/tokens"], calls: ["up/calls"], paintedTokens: ["art/tokens"], paintedCalls: ["art/calls"] },
      pricing: { "up/tokens": ${JSON.stringify(price)}, "up/calls": ${JSON.stringify({ ...price, perRequestUsd: 0.01 })},
        "art/tokens": ${JSON.stringify(price)}, "art/calls": ${JSON.stringify({ ...price, perRequestUsd: 0.01 })} },
    };`,
  });
  const client = sdk(gateway);
  for (const model of ["tokens", "calls"]) {
    await (await client.audio.speech.create({ model, input: "Hello.", voice: "alloy" })).text();
    const file = new File(["a dog barks"], "dog.wav", { type: "audio/wav" });
    await client.audio.transcriptions.create({ model, file });
  }
  for (const model of ["paintedTokens", "paintedCalls"]) await client.images.generate({ model, prompt: "a dog" });
  const costs = async () => {
    const headers = { authorization: "Bearer admin-token-of-the-test" };
    const { data } = (await (await gateway.fetch("/admin/requests", { headers })).json()) as {
      data: { operation: string; model: string; cost_usd: string | null }[];
    };
    return data.map(({ operation, model, cost_usd }) => `${model} ${operation} ${cost_usd}`).toSorted();
  };
  // The log is written in batches.
  let seen = await costs();
  while (seen.length < 6) seen = await costs();
  expect(seen).toEqual([
    "calls speech 0.01",
    "calls transcribe 0.01",
    "paintedCalls image 0.01",
    "paintedTokens image null",
    "tokens speech null",
    "tokens transcribe null",
  ]);
});

test.each(["openai-chat", "anthropic-messages"] as const)(
  "legacy completions are answered by chat over %s",
  async (dialect) => {
    using server = upstream({ dialect });
    const [type, path] = dialect === "openai-chat" ? ["openai-compatible", "/v1"] : ["anthropic", ""];
    await using gateway = await startGateway({
      config: `export default {
      providers: { up: { type: "${type}", baseUrl: "${server.url}${path}", keys: ["b"] } },
      models: { fast: ["up/m"] },
    };`,
    });
    const client = sdk(gateway);
    const { data: whole, response } = await client.completions
      .create({ model: "fast", prompt: "Say hello.", max_tokens: 50, suffix: "!", logprobs: 1 })
      .withResponse();
    expect(whole).toMatchObject({ object: "text_completion", usage: { completion_tokens: 5 } });
    expect(whole.choices).toMatchObject([{ text: "one two three four five", index: 0, finish_reason: "stop" }]);
    expect(response.headers.get("x-evergate-warnings")).toContain("suffix");
    let text = "";
    let finish: string | null = null;
    for await (const chunk of await client.completions.create({
      model: "fast",
      prompt: ["Say hello."],
      stream: true,
    })) {
      expect(chunk.object).toBe("text_completion");
      text += chunk.choices[0]?.text ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect([text, finish]).toEqual(["one two three four five", "stop"]);
    const two = async () => await client.completions.create({ model: "fast", prompt: ["a", "b"] });
    await expect(two()).rejects.toMatchObject({ status: 400, param: "prompt" });
  },
);

test("a server that lacks an operation is passed over for it, and goes on with its chat", async () => {
  using server = upstream({ dialect: "openai-chat" });
  using other = upstream({ dialect: "openai-chat" });
  const chatOnly = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (!pathname.endsWith("/chat/completions")) return new Response("404 page not found", { status: 404 });
      return fetch(`${server.url}/v1/chat/completions`, request);
    },
  });
  await using gateway = await startGateway({
    config: `export default {
      providers: {
        chat: { type: "openai-compatible", baseUrl: "http://127.0.0.1:${chatOnly.port}/v1", keys: ["a"] },
        up: { type: "openai-compatible", baseUrl: "${other.url}/v1", keys: ["b"] },
      },
      models: { any: ["chat/m", "up/m"] },
    };`,
  });
  const client = sdk(gateway);
  const { response } = await client.embeddings.create({ model: "any", input: "x" }).withResponse();
  expect(response.headers.get("x-evergate-model")).toBe("up/m");
  const { response: said } = await client.chat.completions
    .create({ model: "any", messages: [{ role: "user", content: "Hi" }] })
    .withResponse();
  expect(said.headers.get("x-evergate-model")).toBe("chat/m");
  chatOnly.stop(true);
});

describe("uploads", () => {
  const LIMIT = 1_000_000;
  const configOf = (first: string, second: string) => `export default {
    server: { maxBodyBytes: ${LIMIT} },
    resilience: { retries: { perTarget: 0 } },
    providers: {
      broken: { type: "openai-compatible", baseUrl: "${first}/v1", keys: ["a"] },
      up: { type: "openai-compatible", baseUrl: "${second}/v1", keys: ["b"] },
    },
    models: { listener: ["broken/m", "up/m"] },
  };`;

  test("up to the limit reach the second target whole", async () => {
    using broken = upstream({ dialect: "openai-chat", faults: { error: "server" } });
    using server = upstream({ dialect: "openai-chat" });
    await using gateway = await startGateway({ config: configOf(broken.url, server.url) });
    const sound = new Uint8Array(LIMIT - 1_000).fill(97);
    const file = new File([sound], "long.wav", { type: "audio/wav" });
    const { text } = await sdk(gateway).audio.transcriptions.create({ model: "listener", file });
    expect(text).toBe(`m heard ${"a".repeat(sound.length)}`);
    expect(broken.requests).toHaveLength(1);
  });

  test.each([
    ["by its declared length, of which almost nothing has come", `Content-Length: ${400 * LIMIT}\r\n\r\n`, 1],
    ["where it crosses the limit", "Transfer-Encoding: chunked\r\n\r\n", 17],
  ])("past it are refused before they are read whole: %s", async (_where, length, chunks) => {
    using server = upstream({ dialect: "openai-chat" });
    await using gateway = await startGateway({ config: configOf(server.url, server.url) });
    // The form never ends: who answers has not waited for its end.
    const answer = await unfinishedUpload(gateway.port, length, chunks);
    expect(answer).toStartWith("HTTP/1.1 413 ");
    expect(answer).toContain("request_too_large");
    expect(server.requests).toHaveLength(0);
  });
});

/** What is answered to the beginning of a form: so many chunks of 64 KiB, and no more. */
async function unfinishedUpload(port: number, length: string, chunks: number): Promise<string> {
  const head =
    "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer any\r\n" +
    `Content-Type: multipart/form-data; boundary=b\r\n${length}`;
  const chunk = `10000\r\n${"a".repeat(0x10000)}\r\n`;
  let left = Buffer.from(head + chunk.repeat(chunks));
  let answer = "";
  const { promise, resolve } = Promise.withResolvers<string>();
  const send = (socket: Bun.Socket) => {
    left = left.subarray(Math.max(0, socket.write(left)));
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: send,
      drain: send,
      data(_socket, bytes) {
        answer += bytes.toString();
        if (answer.includes("request_too_large")) resolve(answer);
      },
      close: () => resolve(answer),
    },
  });
  try {
    return await promise;
  } finally {
    socket.end();
  }
}
