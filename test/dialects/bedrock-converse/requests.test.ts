/** Requests of other dialects as Converse takes them. */
import { describe, expect, test } from "bun:test";
import type { ChatRequest, JsonObject, MediaSource, Message } from "../../../src/canonical/chat.ts";
import { bedrockConverse } from "../../../src/dialects/bedrock-converse/bedrock-converse.ts";

const CLAUDE = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA = "us.amazon.nova-2-lite-v1:0";
const LLAMA = "meta.llama3-1-70b-instruct-v1:0";

function format(request: Partial<ChatRequest>, model = CLAUDE) {
  return bedrockConverse.formatRequest(
    {
      operation: "chat",
      dialect: "openai-chat",
      model: "m",
      stream: false,
      messages: [{ role: "user", content: "Hi" }],
      ...request,
    },
    { traits: { model, vendor: "bedrock" }, stream: false },
  );
}
const messagesOf = (messages: Message[], model = CLAUDE) => format({ messages }, model).body["messages"];
const call = (id: string) => ({ type: "tool-call", id, name: "f", arguments: '{"a":1}' }) as const;
const result = (toolCallId: string, content = "ok") => ({ type: "tool-result", toolCallId, content }) as const;

describe("turns", () => {
  test.each<[string, Message[], unknown]>([
    [
      "neighbours of one role are one turn, blank texts are none",
      [
        { role: "user", content: "a" },
        { role: "user", content: " \n" },
        { role: "user", content: "b" },
      ],
      [{ role: "user", content: [{ text: "a" }, { text: "b" }] }],
    ],
    [
      "an assistant cannot be first, and a prefill ends without white space",
      [{ role: "assistant", content: "Well, " }],
      [
        { role: "user", content: [{ text: "." }] },
        { role: "assistant", content: [{ text: "Well," }] },
      ],
    ],
    [
      "results of parallel calls are one turn, before the text",
      [
        { role: "user", content: "go" },
        { role: "assistant", content: [call("a"), call("b")] },
        { role: "user", content: [{ type: "text", text: "and?" }, result("b")] },
        { role: "tool", content: [result("a")] },
      ],
      [
        { role: "user", content: [{ text: "go" }] },
        {
          role: "assistant",
          content: ["a", "b"].map((toolUseId) => ({ toolUse: { toolUseId, name: "f", input: { a: 1 } } })),
        },
        {
          role: "user",
          content: [
            { toolResult: { toolUseId: "b", content: [{ text: "ok" }] } },
            { toolResult: { toolUseId: "a", content: [{ text: "ok" }] } },
            { text: "and?" },
          ],
        },
      ],
    ],
    [
      "a failed call says so, with some content",
      [{ role: "tool", content: [{ ...result("a", ""), isError: true }] }],
      [{ role: "user", content: [{ toolResult: { toolUseId: "a", content: [{ text: "error" }], status: "error" } }] }],
    ],
    [
      "a system prompt alone is asked",
      [{ role: "system", content: "Say hi" }],
      [{ role: "user", content: [{ text: "Say hi" }] }],
    ],
  ])("%s", (_, messages, expected) => expect(messagesOf(messages)).toEqual(expected as never));

  test("system and developer messages are the system prompt", () => {
    const { body } = format({
      messages: [
        { role: "system", content: "a" },
        { role: "user", content: "Hi" },
        { role: "developer", content: [{ type: "text", text: "b", cache: { ttl: "1h" } }] },
      ],
    });
    expect(body["system"]).toEqual([{ text: "a" }, { text: "b" }, { cachePoint: { type: "default", ttl: "1h" } }]);
  });

  test("what another maker signed is left out, what Bedrock signed stays", () => {
    const thought = (origin: "bedrock" | "anthropic") =>
      ({ type: "reasoning", text: "Hm", signature: { origin, value: "sig" } }) as const;
    const content = [thought("anthropic"), thought("bedrock"), { type: "text", text: "yes" } as const];
    const messages = messagesOf([
      { role: "user", content: "?" },
      { role: "assistant", content },
    ]) as JsonObject[];
    expect(messages[1]!["content"]).toEqual([
      { reasoningContent: { reasoningText: { text: "Hm", signature: "sig" } } },
      { text: "yes" },
    ]);
  });
});

describe("tools", () => {
  test.each<[string, string, string, string]>([
    ["functions.get:0", CLAUDE, "functions_get_0", "Claude takes letters, digits, _ and -"],
    ["functions.get:0", "moonshot.kimi-k2-thinking", "functions.get:0", "others take . and : too"],
    ["x".repeat(65), NOVA, expect.stringMatching(/^t_[0-9a-f]{32}$/) as never, "64 characters at most"],
    ["", NOVA, expect.stringMatching(/^t_[0-9a-f]{32}$/) as never, "never empty"],
  ])("id %p for %s", (id, model, expected) => {
    const messages = messagesOf([{ role: "user", content: [result(id)] }], model) as JsonObject[];
    expect(messages[0]!["content"]).toMatchObject([{ toolResult: { toolUseId: expected } }]);
  });
  test("calls in the history are declared where the request offers none", () => {
    const { body } = format({
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: [call("a")] },
        { role: "tool", content: [result("a")] },
      ],
    });
    expect(body["toolConfig"]).toEqual({
      tools: [{ toolSpec: { name: "f", inputSchema: { json: { type: "object", properties: {} } } } }],
    });
  });
  const tools = [{ name: "f", description: "" }];
  test.each<[ChatRequest["toolChoice"], unknown]>([
    ["auto", { auto: {} }],
    ["required", { any: {} }],
    [{ name: "f" }, { tool: { name: "f" } }],
    [undefined, undefined],
  ])("choice %p", (toolChoice, expected) => {
    const { body, warnings } = format({ tools, toolChoice });
    expect((body["toolConfig"] as JsonObject)["toolChoice"]).toEqual(expected as never);
    expect((body["toolConfig"] as JsonObject)["tools"]).toEqual([
      { toolSpec: { name: "f", inputSchema: { json: { type: "object", properties: {} } } } },
    ]);
    expect(warnings).toEqual([]);
  });
  test("none: no tools are offered", () => {
    expect(format({ tools, toolChoice: "none" })).toEqual({
      body: { messages: [{ role: "user", content: [{ text: "Hi" }] }] },
      warnings: [],
    });
  });
});

describe("media", () => {
  const image = (source: MediaSource) =>
    format({
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "?" },
            { type: "image", source },
          ],
        },
      ],
    });
  test("bytes by the name of their format", () => {
    const { body, warnings } = image({ kind: "base64", mediaType: "image/jpg", data: "/9j/" });
    expect(body["messages"]).toMatchObject([
      { content: [{ text: "?" }, { image: { format: "jpeg", source: { bytes: "/9j/" } } }] },
    ]);
    expect(warnings).toEqual([]);
  });
  test.each<MediaSource>([
    { kind: "url", url: "https://h/a.png" },
    { kind: "file", id: "f" },
    { kind: "base64", mediaType: "image/tiff", data: "aa" },
  ])("%p is named", (source) => {
    expect(image(source).warnings).toEqual(["messages[].content[].image_url"]);
  });
  test("documents have names of their own and a text beside them", () => {
    const pdf = {
      type: "document",
      filename: "Q3  report_(final).pdf",
      source: { kind: "base64", mediaType: "application/pdf", data: "JVBE" },
    } as const;
    const { body } = format({
      messages: [
        {
          role: "user",
          content: [
            pdf,
            pdf,
            { ...pdf, filename: undefined, source: { kind: "text", mediaType: "text/plain", text: "ä" } },
          ],
        },
      ],
    });
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { document: { format: "pdf", name: "Q3 report (final)", source: { bytes: "JVBE" } } },
          { document: { format: "pdf", name: "Q3 report (final) 2", source: { bytes: "JVBE" } } },
          { document: { format: "txt", name: "document", source: { bytes: "w6Q=" } } },
          { text: "." },
        ],
      },
    ]);
  });
});

describe("fields of the model's maker", () => {
  test.each<[string, Partial<ChatRequest>, object, string[]]>([
    [
      CLAUDE,
      { topK: 5, temperature: 1.5 },
      { inferenceConfig: { temperature: 1 }, additionalModelRequestFields: { top_k: 5 } },
      ["temperature"],
    ],
    [
      CLAUDE,
      { reasoning: { budgetTokens: 2000 }, maxOutputTokens: 4000 },
      {
        inferenceConfig: { maxTokens: 4000 },
        additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } },
      },
      [],
    ],
    [
      NOVA,
      { topK: 5, reasoning: { effort: "xhigh" } },
      {
        additionalModelRequestFields: {
          inferenceConfig: { topK: 5 },
          reasoningConfig: { type: "enabled", maxReasoningEffort: "high" },
        },
      },
      [],
    ],
    [
      "openai.gpt-oss-120b-1:0",
      { reasoning: { effort: "minimal" } },
      { additionalModelRequestFields: { reasoning_effort: "low" } },
      [],
    ],
    [LLAMA, { reasoning: { effort: "low" }, topK: 3, seed: 1, n: 2 }, {}, ["n", "reasoning_effort", "seed", "top_k"]],
    [
      LLAMA,
      { maxOutputTokens: 9, topP: 0.5, stop: ["x", ""] },
      { inferenceConfig: { maxTokens: 9, topP: 0.5, stopSequences: ["x"] } },
      ["stop"],
    ],
    [
      LLAMA,
      { serviceTier: "flex", user: "u-1", metadata: { team: "a", note: "é" } },
      { serviceTier: { type: "flex" }, requestMetadata: { team: "a", user: "u-1" } },
      ["metadata"],
    ],
    [LLAMA, { responseFormat: { type: "json-schema", schema: { type: "object" } } }, {}, ["response_format"]],
  ])("%s %o", (model, request, expected, warned) => {
    const { body, warnings } = format(request, model);
    const { messages: _, ...fields } = body;
    expect(fields).toEqual(expected as never);
    expect(warnings.toSorted()).toEqual(warned);
  });
  test("a schema travels as text, with what Claude compiles", () => {
    const { body } = format({
      responseFormat: {
        type: "json-schema",
        name: "n",
        schema: { type: "object", properties: { a: { type: "string", minLength: 3 } } },
      },
    });
    const { structure } = (body["outputConfig"] as { textFormat: { structure: { jsonSchema: JsonObject } } })
      .textFormat;
    expect(structure.jsonSchema["name"]).toBe("n");
    expect(JSON.parse(structure.jsonSchema["schema"] as string)).toMatchObject({ additionalProperties: false });
  });
});
