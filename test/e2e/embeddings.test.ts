/** Embeddings through the compiled binary: Google's and OpenAI's SDKs, cut calls, and the exact cache. */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { type Gateway, startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const google = ({ url }: Gateway) => new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: url } });
const openai = ({ url }: Gateway) => new OpenAI({ apiKey: "any", baseURL: `${url}/v1`, maxRetries: 0 });

/** What each vendor writes of the same text is the same vector, so clients must see no difference. */
const VENDORS = [
  ["gemini", "gemini", "", ""],
  ["openai-chat", "openai-compatible", "/v1", "taskType, title"],
  ["cohere", "cohere", "", "title"],
  ["ollama", "ollama", "", "taskType, title"],
] as const;

const configOf = (server: Upstream, type: string, path = "", more = "") => `export default {
  providers: { up: { type: "${type}", baseUrl: "${server.url}${path}", keys: ["b"] } },
  models: { embedder: ["up/m"] },
  pricing: { "up/m": { inputPerMillionUsd: 1, outputPerMillionUsd: 0 } },
  ${more}
};`;

describe("Google's SDK", () => {
  test.each(VENDORS)("embeds over %s (%s)", async (dialect, type, path, warned) => {
    using server = upstream({ dialect });
    using reference = upstream({ dialect: "gemini" });
    await using gateway = await startGateway({ config: configOf(server, type, path) });
    const contents = ["a dog in the snow", "a cat on the roof"];
    const config = { taskType: "RETRIEVAL_DOCUMENT", title: "Animals", outputDimensionality: 4 };
    const asked = { model: "embedder", contents, config };
    const direct = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: reference.url } });
    const expected = await direct.models.embedContent(asked);
    const answer = await google(gateway).models.embedContent(asked);
    expect(answer.embeddings?.map(({ values }) => values)).toEqual(expected.embeddings?.map(({ values }) => values));
    expect(answer.embeddings).toHaveLength(2);
    expect(answer.embeddings![0]!.values).toHaveLength(4);
    // The SDK shows headers of other answers alone, so the single form is asked by hand.
    const single = await gateway.fetch("/v1beta/models/embedder:embedContent", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: { parts: [{ text: contents[0] }] }, ...config }),
    });
    expect(single.headers.get("x-evergate-warnings") ?? "").toBe(warned);
    expect(single.headers.get("x-evergate-model")).toBe("up/m");
    expect(await single.json()).toMatchObject({ embedding: { values: expected.embeddings![0]!.values } });
  });

  test("gets its own errors", async () => {
    using server = upstream({ dialect: "gemini" });
    await using gateway = await startGateway({ config: configOf(server, "gemini") });
    const failed = async (model: string, path: string, body: unknown) => {
      const response = await gateway.fetch(`/v1beta/models/${model}:${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return [response.status, ((await response.json()) as { error: { status: string } }).error.status];
    };
    expect(await failed("embedder", "embedContent", {})).toEqual([400, "INVALID_ARGUMENT"]);
    expect(await failed("embedder", "batchEmbedContents", { requests: [] })).toEqual([400, "INVALID_ARGUMENT"]);
    expect(await failed("none", "embedContent", { content: { parts: [{ text: "x" }] } })).toEqual([404, "NOT_FOUND"]);
  });
});

describe("a call with more texts than a vendor takes", () => {
  const input = Array.from({ length: 250 }, (_, index) => `text ${index}`);

  test.each([
    ["gemini", "gemini", "", 3],
    ["cohere", "cohere", "", 3],
  ] as const)("is several at %s, and one answer", async (dialect, type, path, calls) => {
    using server = upstream({ dialect });
    using reference = upstream({ dialect: "openai-chat" });
    await using gateway = await startGateway({ config: configOf(server, type, path) });
    const client = openai(gateway);
    const { data, response } = await client.embeddings
      .create({ model: "embedder", input, encoding_format: "float", dimensions: 3 })
      .withResponse();
    const direct = new OpenAI({ apiKey: "any", baseURL: `${reference.url}/v1` });
    const expected = await direct.embeddings.create({ model: "m", input, encoding_format: "float", dimensions: 3 });
    expect(data.data).toEqual(expected.data);
    expect(server.requests).toHaveLength(calls);
    expect(response.headers.get("x-evergate-attempts")).toBe("1");
    expect(Number(response.headers.get("x-evergate-cost-usd"))).toBeGreaterThan(0);
    const decoded = await client.embeddings.create({ model: "embedder", input, dimensions: 3 });
    expect(decoded.data).toEqual(expected.data);
  });

  /** Cohere's endpoint, which answers 503 to the calls with these numbers. */
  const failing = (numbers: (call: number) => boolean) => {
    let calls = 0;
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { texts } = (await request.json()) as { texts: string[] };
        calls += 1;
        if (numbers(calls)) return Response.json({ message: "no" }, { status: 503 });
        const float = texts.map((text) => [Number(text.split(" ")[1])]);
        return Response.json({ embeddings: { float }, meta: { billed_units: { input_tokens: 1_000_000 } } });
      },
    });
    return {
      url: `http://127.0.0.1:${server.port}`,
      calls: () => calls,
      [Symbol.dispose]: () => void server.stop(true),
    };
  };
  const two = (first: string, second: string) => `export default {
    resilience: { retries: { perTarget: 1 } },
    providers: {
      first: { type: "cohere", baseUrl: "${first}", keys: ["a"] },
      second: { type: "cohere", baseUrl: "${second}", keys: ["b"] },
    },
    models: { embedder: ["first/m", "second/m"] },
    pricing: {
      "first/m": { inputPerMillionUsd: 1, outputPerMillionUsd: 0 },
      "second/m": { inputPerMillionUsd: 1, outputPerMillionUsd: 0 },
    },
  };`;
  const whole = input.map((_, index) => [index]);

  test("a part that failed is repeated alone", async () => {
    using first = failing((call) => call === 2);
    using second = failing(() => false);
    await using gateway = await startGateway({ config: two(first.url, second.url) });
    const { data, response } = await openai(gateway)
      .embeddings.create({ model: "embedder", input, encoding_format: "float" })
      .withResponse();
    expect(data.data.map(({ embedding }) => embedding)).toEqual(whole);
    expect(data.usage.prompt_tokens).toBe(3_000_000);
    expect([first.calls(), second.calls()]).toEqual([4, 0]);
    expect(response.headers.get("x-evergate-attempts")).toBe("2");
    // Each part was billed once, whichever attempt it belonged to.
    expect(Number(response.headers.get("x-evergate-cost-usd"))).toBe(3);
  });

  test("another target begins anew, and what the first has answered is billed", async () => {
    using first = failing((call) => call > 1);
    using second = failing(() => false);
    await using gateway = await startGateway({ config: two(first.url, second.url) });
    const { data, response } = await openai(gateway)
      .embeddings.create({ model: "embedder", input, encoding_format: "float" })
      .withResponse();
    expect(data.data.map(({ embedding }) => embedding)).toEqual(whole);
    expect(response.headers.get("x-evergate-model")).toBe("second/m");
    expect(second.calls()).toBe(3);
    expect(Number(response.headers.get("x-evergate-cost-usd"))).toBe(4);
  });
});

test("tokens go to a target that reads them, and are the client's error where none does", async () => {
  using cohere = upstream({ dialect: "cohere" });
  using server = upstream({ dialect: "openai-chat" });
  await using gateway = await startGateway({
    config: `export default {
      providers: {
        cohere: { type: "cohere", baseUrl: "${cohere.url}", keys: ["a"] },
        up: { type: "openai-compatible", baseUrl: "${server.url}/v1", keys: ["b"] },
      },
      models: { both: ["cohere/m", "up/m"], texts: ["cohere/m"] },
    };`,
  });
  const input = [
    [1, 2, 3],
    [4, 5],
  ];
  const { data, response } = await openai(gateway).embeddings.create({ model: "both", input }).withResponse();
  expect(data.data).toHaveLength(2);
  expect(response.headers.get("x-evergate-model")).toBe("up/m");
  expect(JSON.parse(Buffer.from(server.requests[0]!.body).toString())).toMatchObject({ model: "m", input });
  const refused = async () => await openai(gateway).embeddings.create({ model: "texts", input });
  await expect(refused()).rejects.toMatchObject({ status: 400, param: "input" });
  expect(cohere.requests).toHaveLength(0);
});

describe("the exact cache", () => {
  const KEY = `eg_${"c".repeat(40)}`;
  const OTHER = `eg_${"d".repeat(40)}`;
  const ADMIN = "ega_for-the-embedding-tests-0123456789";
  const more = `
    cache: { exact: { ttlMs: 60_000 } },
    access: { keys: {
      ci: { secret: "${KEY}", budgets: [{ limitUsd: 0.001, per: "day" }] },
      other: { secret: "${OTHER}" },
    } },`;
  const asked = (gateway: Gateway, apiKey = KEY) => {
    const client = new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    return async (input: string, how: { format?: "float" | "base64"; cache?: string } = {}) => {
      const { data, response } = await client.embeddings
        .create(
          { model: "embedder", input, dimensions: 3, ...(how.format && { encoding_format: how.format }) },
          how.cache ? { headers: { "x-evergate-cache": how.cache } } : {},
        )
        .withResponse();
      const { headers } = response;
      return {
        vector: data.data[0]!.embedding,
        cache: headers.get("x-evergate-cache"),
        cost: headers.get("x-evergate-cost-usd"),
      };
    };
  };

  test("answers an equal call for nothing, in the encoding it asks for, to the key that made it", async () => {
    using server = upstream({ dialect: "cohere" });
    await using gateway = await startGateway({ config: configOf(server, "cohere", "", more) });
    const ask = asked(gateway);
    const first = await ask("a dog", { format: "float" });
    expect(first.cache).toBe("miss");
    expect(await ask("a dog", { format: "float" })).toEqual({ ...first, cache: "exact", cost: "0" });
    const encoded = await ask("a dog", { format: "base64" });
    expect(encoded.cache).toBe("miss");
    const again = await ask("a dog", { format: "base64" });
    expect(again).toEqual({ ...encoded, cache: "exact", cost: "0" });
    const floats = new Float32Array(new Uint8Array(Buffer.from(again.vector as unknown as string, "base64")).buffer);
    expect([...floats]).toEqual(first.vector);
    expect(server.requests).toHaveLength(2);
    expect((await asked(gateway, OTHER)("a dog", { format: "float" })).cache).toBe("miss");
    expect((await ask("A dog", { format: "float" })).cache).toBe("miss");
    expect((await ask("a dog", { format: "float", cache: "off" })).cache).toBe("off");
    expect((await ask("a dog", { format: "float", cache: "only" })).cache).toBe("exact");
  });

  test("survives a restart, and its entries go by key and by text", async () => {
    using server = upstream({ dialect: "cohere" });
    const cwd = await mkdtemp(`${tmpdir()}/evergate-embeddings-`);
    const config = configOf(server, "cohere", "", `${more} server: { adminToken: "${ADMIN}" },`);
    const first = await startGateway({ config, cwd });
    const { vector } = await asked(first)("a dog", { format: "float" });
    await asked(first)("a cat", { format: "float" });
    await first.stop();
    await using gateway = await startGateway({ config, cwd });
    const ask = asked(gateway);
    expect(await ask("a dog", { format: "float" })).toEqual({ vector, cache: "exact", cost: "0" });
    const purged = await gateway.fetch("/admin/cache?text=a%20dog", {
      method: "DELETE",
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(purged.status).toBe(200);
    expect((await ask("a dog", { format: "float" })).cache).toBe("miss");
    expect((await ask("a cat", { format: "float" })).cache).toBe("exact");
    await rm(cwd, { recursive: true, force: true });
  });

  test("meets no budget", async () => {
    using server = upstream({ dialect: "cohere" });
    await using gateway = await startGateway({
      config: configOf(server, "cohere", "", more).replace("limitUsd: 0.001", "limitUsd: 0.000126"),
    });
    const ask = asked(gateway);
    const first = await ask("a dog in the snow");
    // What is left is less than the same call may cost.
    await expect(ask("a dog in the snow", { cache: "off" })).rejects.toMatchObject({ status: 402 });
    expect((await ask("a dog in the snow")).vector).toEqual(first.vector);
  });

  test("keeps what Google's clients asked for apart", async () => {
    using server = upstream({ dialect: "gemini" });
    await using gateway = await startGateway({
      config: configOf(server, "gemini", "", "cache: { exact: { ttlMs: 60_000 } },"),
    });
    const embed = async (method: string, body: unknown) => {
      const response = await gateway.fetch(`/v1beta/models/embedder:${method}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return [response.headers.get("x-evergate-cache"), await response.json()] as const;
    };
    const content = { parts: [{ text: "a dog" }] };
    const [, single] = await embed("embedContent", { content });
    const [, batch] = await embed("batchEmbedContents", { requests: [{ content }] });
    expect(batch).toEqual({ embeddings: [(single as { embedding: unknown }).embedding] });
    expect(await embed("embedContent", { content })).toEqual(["exact", single]);
    expect(await embed("batchEmbedContents", { requests: [{ content }] })).toEqual(["exact", batch]);
    const title = await embed("embedContent", { content, title: "x" });
    expect(title[0]).toBe("miss");
  });
});
