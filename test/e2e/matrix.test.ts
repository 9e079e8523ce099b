/** Every ingress dialect over every upstream one, streamed and not, through the compiled binary: words, tools, usage. */
import { describe, expect, test } from "bun:test";
import { type Gateway, startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

const ANSWER = "Grüße: one two three 你好 four.";
const TOOL_QUESTION = "Call the tool get_weather for Oslo.";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const UPSTREAMS = {
  "openai-chat": { provider: { type: "openai-compatible", keys: ["k"] }, path: "/v1", model: "gpt-4o" },
  "anthropic-messages": { provider: { type: "anthropic", keys: ["k"] }, path: "", model: "claude-sonnet-4-5" },
  gemini: { provider: { type: "gemini", keys: ["k"] }, path: "", model: "gemini-2.5-flash" },
  "bedrock-converse": {
    provider: { type: "bedrock", region: "eu-west-1", keys: [{ accessKeyId: "AKID", secretAccessKey: "secret" }] },
    path: "",
    model: "eu.anthropic.claude-haiku-4-5",
  },
  cohere: { provider: { type: "cohere", keys: ["k"] }, path: "", model: "command-a-03-2025" },
  ollama: { provider: { type: "ollama" }, path: "", model: "llama3.2" },
} as const;

interface Heard {
  text: string;
  calls: { name: string; city: unknown }[];
  finish: string | undefined;
  outputTokens: number | undefined;
}

interface Client {
  path(stream: boolean): string;
  body(question: string, stream: boolean, tools: boolean): object;
  /** Of a whole answer, or of each event of a stream. */
  hear(heard: Heard & { json: string[] }, event: Loose): void;
  finishes: { stop: string; tools: string };
}

interface Loose {
  [key: string]: Loose & Loose[] & string & number;
}

const CLIENTS: Record<string, Client> = {
  openai: {
    path: () => "/v1/chat/completions",
    body: (question, stream, tools) => ({
      model: "fast",
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
      messages: [{ role: "user", content: question }],
      ...(tools && { tools: [{ type: "function", function: { name: "get_weather", parameters: SCHEMA } }] }),
    }),
    hear(heard, event) {
      const choice = event["choices"]?.[0];
      const delta = choice?.["delta"] ?? choice?.["message"];
      heard.text += delta?.["content"] ?? "";
      for (const [i, call] of (delta?.["tool_calls"] ?? []).entries()) {
        const at = (call["index"] ?? i) as number;
        if (call["function"]?.["name"]) heard.calls[at] = { name: call["function"]["name"], city: undefined };
        heard.json[at] = (heard.json[at] ?? "") + (call["function"]?.["arguments"] ?? "");
      }
      heard.finish = choice?.["finish_reason"] ?? heard.finish;
      heard.outputTokens = event["usage"]?.["completion_tokens"] ?? heard.outputTokens;
    },
    finishes: { stop: "stop", tools: "tool_calls" },
  },
  anthropic: {
    path: () => "/v1/messages",
    body: (question, stream, tools) => ({
      model: "fast",
      stream,
      max_tokens: 500,
      messages: [{ role: "user", content: question }],
      ...(tools && { tools: [{ name: "get_weather", input_schema: SCHEMA }] }),
    }),
    hear(heard, event) {
      for (const block of [event["content_block"] ?? event["content"] ?? []].flat() as Loose[]) {
        heard.text += block["text"] ?? "";
        if ((block["type"] as unknown) === "tool_use") {
          const input = JSON.stringify(block["input"] ?? {});
          heard.json.push(input === "{}" ? "" : input);
          heard.calls.push({ name: block["name"]!, city: undefined });
        }
      }
      heard.text += event["delta"]?.["text"] ?? "";
      if (event["delta"]?.["partial_json"] !== undefined)
        heard.json[heard.json.length - 1] += event["delta"]["partial_json"];
      heard.finish = event["stop_reason"] ?? event["delta"]?.["stop_reason"] ?? heard.finish;
      heard.outputTokens = event["usage"]?.["output_tokens"] ?? heard.outputTokens;
    },
    finishes: { stop: "end_turn", tools: "tool_use" },
  },
  gemini: {
    path: (stream) => `/gemini/v1beta/models/fast:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: (question, _stream, tools) => ({
      contents: [{ role: "user", parts: [{ text: question }] }],
      ...(tools && { tools: [{ functionDeclarations: [{ name: "get_weather", parameters: SCHEMA }] }] }),
    }),
    hear(heard, event) {
      const candidate = event["candidates"]?.[0];
      for (const part of candidate?.["content"]?.["parts"] ?? []) {
        if (!part["thought"]) heard.text += part["text"] ?? "";
        if (part["functionCall"]) {
          heard.calls.push({ name: part["functionCall"]["name"]!, city: undefined });
          heard.json.push(JSON.stringify(part["functionCall"]["args"]));
        }
      }
      heard.finish = candidate?.["finishReason"] ?? heard.finish;
      heard.outputTokens = event["usageMetadata"]?.["candidatesTokenCount"] ?? heard.outputTokens;
    },
    finishes: { stop: "STOP", tools: "STOP" },
  },
};

async function ask(gateway: Gateway, client: Client, question: string, stream: boolean): Promise<Heard> {
  const response = await gateway.fetch(client.path(stream), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(client.body(question, stream, question === TOOL_QUESTION)),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const lines = stream
    ? text
        .split("\n")
        .filter((line) => line.startsWith("data: {"))
        .map((line) => line.slice(6))
    : [text];
  const heard: Heard & { json: string[] } = {
    text: "",
    calls: [],
    finish: undefined,
    outputTokens: undefined,
    json: [],
  };
  for (const line of lines) client.hear(heard, JSON.parse(line) as Loose);
  for (const [i, call] of heard.calls.entries())
    call.city = (JSON.parse(heard.json[i] || "{}") as { city?: string }).city;
  return heard;
}

describe.each(Object.entries(UPSTREAMS))("over %s", (dialect, { provider, path, model }) => {
  test("every client gets the words, the calls, the finish and the usage", async () => {
    using words = upstream({ dialect, answer: ANSWER });
    using tools = upstream({ dialect, answer: undefined });
    const up = (url: string) => JSON.stringify({ ...provider, baseUrl: `${url}${path}` });
    const config = (url: string) =>
      `export default { server: { adminToken: "admin-token" }, providers: { up: ${up(url)} }, models: { fast: ["up/${model}"] } };`;
    await using gateway = await startGateway({ config: config(words.url) });
    await using toolGateway = await startGateway({ config: config(tools.url) });
    for (const [name, client] of Object.entries(CLIENTS)) {
      for (const stream of [false, true]) {
        const place = `${name} ${stream ? "streamed" : "whole"}`;
        const said = await ask(gateway, client, "Say hello.", stream);
        expect([place, said.text, said.finish]).toEqual([place, ANSWER, client.finishes.stop]);
        expect(said.outputTokens).toBeGreaterThan(0);
        const called = await ask(toolGateway, client, TOOL_QUESTION, stream);
        expect([place, called.calls.map((call) => call.name), called.finish]).toEqual([
          place,
          ["get_weather"],
          client.finishes.tools,
        ]);
        expect(called.calls[0]!.city).toBe(TOOL_QUESTION);
      }
    }
    expect([await finishes(gateway), await finishes(toolGateway)]).toEqual([["stop"], ["tool-calls"]]);
    // A stream was asked for wherever the client had asked for one.
    expect(words.requests).toHaveLength(6);
  }, 60_000);
});

/** What the log says of why the answers ended. */
async function finishes(gateway: Gateway): Promise<string[]> {
  const response = await gateway.fetch("/admin/requests", { headers: { authorization: "Bearer admin-token" } });
  const { data } = (await response.json()) as { data: { finish: string }[] };
  expect(data).toHaveLength(6);
  return [...new Set(data.map(({ finish }) => finish))];
}
