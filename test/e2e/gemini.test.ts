/** Google's own SDK at the compiled binary: every upstream dialect behind it, both forms of stream, tools over two turns. */
import { describe, expect, test } from "bun:test";
import { type Content, type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { exportPKCS8, generateKeyPair } from "jose";
import { type Gateway, startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

const UPSTREAMS = {
  "openai-chat": { type: "openai-compatible", path: "/v1", model: "gpt-4o" },
  "anthropic-messages": { type: "anthropic", path: "", model: "claude-sonnet-4-5" },
  gemini: { type: "gemini", path: "", model: "gemini-3-flash-preview" },
} as const;

const TOOLS = ["get_weather", "get_time"].map((name) => ({
  name,
  parametersJsonSchema: {
    type: "object",
    properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "kelvin"] } },
    required: ["city", "unit"],
    additionalProperties: false,
  },
}));

function sdk(gateway: Gateway): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: gateway.url } });
}

function configOf(dialect: keyof typeof UPSTREAMS, url: string): string {
  const { type, path, model } = UPSTREAMS[dialect];
  return `export default {
    providers: { up: { type: "${type}", baseUrl: "${url}${path}", keys: ["sk-up"] } },
    models: { fast: ["up/${model}"] },
  };`;
}

describe.each(Object.keys(UPSTREAMS) as (keyof typeof UPSTREAMS)[])("over %s", (dialect) => {
  test("an answer, a stream, a list, and a tool loop", async () => {
    using server = upstream({ dialect, answer: undefined });
    await using gateway = await startGateway({ config: configOf(dialect, server.url) });
    const ai = sdk(gateway);
    const whole = await ai.models.generateContent({ model: "fast", contents: "Say hello." });
    expect(whole.text).toContain("Say hello.");
    expect(whole.candidates?.[0]?.finishReason as string).toBe("STOP");
    expect(whole.usageMetadata?.totalTokenCount).toBeGreaterThan(0);

    let text = "";
    let last: GenerateContentResponse | undefined;
    for await (const chunk of await ai.models.generateContentStream({ model: "up/any", contents: "Say hello." })) {
      text += chunk.text ?? "";
      last = chunk;
    }
    expect(text).toContain("Say hello.");
    expect(last?.candidates?.[0]?.finishReason as string).toBe("STOP");
    expect(last?.usageMetadata?.candidatesTokenCount).toBeGreaterThan(0);

    const list = await gateway.fetch("/gemini/v1beta/models/fast:streamGenerateContent", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ contents: [{ parts: [{ text: "Say hello." }] }] }),
    });
    const chunks = (await list.json()) as GenerateContentResponse[];
    const listed = chunks.map((chunk) => chunk.candidates?.[0]?.content?.parts?.[0]?.text ?? "").join("");
    expect(listed).toContain("Say hello.");
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason as string).toBe("STOP");

    await toolLoop(ai);
    expect(server.requests.every(({ path }) => !path.includes("sk-up"))).toBe(true);
  });
});

/** Two calls at once, their results, and the answer that quotes them: what the SDK returns goes back as it came. */
async function toolLoop(ai: GoogleGenAI): Promise<void> {
  const contents: Content[] = [{ role: "user", parts: [{ text: "Call get_weather and get_time for Oslo." }] }];
  const config = { tools: [{ functionDeclarations: TOOLS }] };
  const parts: NonNullable<Content["parts"]> = [];
  for await (const chunk of await ai.models.generateContentStream({ model: "fast", contents, config }))
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []).filter((part) => part.functionCall));
  expect(parts.map((part) => part.functionCall!.name!)).toEqual(["get_weather", "get_time"]);
  expect(parts[0]!.functionCall!.args).toEqual({ city: "Call get_weather and get_time for Oslo.", unit: "celsius" });
  const results = parts.map(({ functionCall }) => ({
    functionResponse: {
      name: functionCall!.name,
      ...(functionCall!.id && { id: functionCall!.id }),
      response: { output: `${functionCall!.name} says 7` },
    },
  }));
  const history = [...contents, { role: "model", parts }, { role: "user", parts: results }];
  const answer = await ai.models.generateContent({ model: "fast", contents: history, config });
  expect(answer.text).toContain("get_weather says 7 get_time says 7");
}

test("errors and models come in Google's shape", async () => {
  using server = upstream({ dialect: "gemini", faults: { error: "content_policy" } });
  await using gateway = await startGateway({ config: configOf("gemini", server.url) });
  const ai = sdk(gateway);
  await expect(ai.models.generateContent({ model: "none", contents: "hi" })).rejects.toMatchObject({ status: 404 });
  await expect(ai.models.generateContentStream({ model: "fast", contents: "hi" })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("prohibited content"),
  });
  const names: (string | undefined)[] = [];
  for await (const model of await ai.models.list()) names.push(model.name);
  expect(names).toContain("models/fast");
  expect((await ai.models.get({ model: "fast" })).displayName).toBe("fast");
});

test("a stream that breaks goes on elsewhere without a comment, on which Google's SDKs break", async () => {
  using first = upstream({ dialect: "gemini", faults: { cut: { afterTokens: 2, how: "rst" }, comments: true } });
  using second = upstream({ dialect: "anthropic-messages" });
  const config = `export default {
    providers: {
      first: { type: "gemini", baseUrl: "${first.url}", keys: ["a"] },
      second: { type: "anthropic", baseUrl: "${second.url}", keys: ["b"] },
    },
    models: { fast: ["first/gemini-2.5-flash", "second/claude-sonnet-4-5"] },
  };`;
  await using gateway = await startGateway({ config });
  let text = "";
  const ids = new Set<string | undefined>();
  for await (const chunk of await sdk(gateway).models.generateContentStream({ model: "fast", contents: "hi" })) {
    text += chunk.text ?? "";
    ids.add(chunk.responseId);
  }
  expect(text).toBe("one two three four five");
  expect(ids.size).toBe(1);
});

test("Vertex answers with a service account's token; where none is to be had the next target does", async () => {
  using google = upstream({ dialect: "gemini", keys: ["token-1"] });
  using other = upstream({ dialect: "anthropic-messages" });
  let valid = true;
  // A token that is never used twice: 20 seconds are too little.
  await using tokens = Bun.serve({
    port: 0,
    fetch: () =>
      valid ? Response.json({ access_token: "token-1", expires_in: 20 }) : new Response("", { status: 401 }),
  });
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const account = {
    type: "service_account",
    client_email: "a@p.example",
    private_key: await exportPKCS8(privateKey),
    token_uri: tokens.url.href,
  };
  const config = `import { defineConfig, file } from "evergate";
  export default defineConfig({
    providers: {
      vertex: { type: "vertex", project: "p", location: "europe-west1", baseUrl: "${google.url}", keys: [file("account.json")] },
      other: { type: "anthropic", baseUrl: "${other.url}", keys: ["b"] },
    },
    models: { fast: ["vertex/gemini-2.5-flash", "other/claude-sonnet-4-5"] },
  });`;
  await using gateway = await startGateway({ config, files: { "account.json": JSON.stringify(account) } });
  const ask = async () => {
    const { sdkHttpResponse } = await sdk(gateway).models.generateContent({ model: "fast", contents: "hi" });
    return sdkHttpResponse?.headers ?? {};
  };
  expect(await ask()).toMatchObject({ "x-evergate-model": "vertex/gemini-2.5-flash" });
  expect(google.requests[0]!.path).toBe(
    "/v1/projects/p/locations/europe-west1/publishers/google/models/gemini-2.5-flash:generateContent",
  );
  valid = false;
  expect(await ask()).toMatchObject({
    "x-evergate-model": "other/claude-sonnet-4-5",
    "x-evergate-failover": "vertex/gemini-2.5-flash=auth",
  });
  expect(gateway.output.stdout + gateway.output.stderr).not.toContain("PRIVATE KEY");
});
