/** What Gemini is sent of other dialects' requests, and what of its own has to change. */
import { describe, expect, test } from "bun:test";
import type { ChatRequest, JsonObject, Message } from "../../../src/canonical/chat.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { gemini } from "../../../src/dialects/gemini/gemini.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/openai-chat.ts";
import { splice } from "../../../src/dialects/splice.ts";

const OPENAI = { model: "m", messages: [{ role: "user", content: "Hi" }] };

function sent(body: JsonObject, model = "gemini-2.5-flash", vendor = "gemini") {
  return gemini.formatRequest(openaiChat.parseRequest({ ...OPENAI, ...body }), {
    traits: { model, vendor },
    stream: false,
  });
}

function configOf(body: JsonObject, model?: string): JsonObject | undefined {
  return sent(body, model).body["generationConfig"] as JsonObject | undefined;
}

describe("parameters", () => {
  test.each<[JsonObject, JsonObject | undefined, string[]]>([
    [{}, undefined, []],
    [{ max_completion_tokens: 9, temperature: 0, top_p: 0.5 }, { maxOutputTokens: 9, temperature: 0, topP: 0.5 }, []],
    [{ n: 1 }, undefined, []],
    [{ n: 3 }, { candidateCount: 3 }, []],
    [{ seed: 2 ** 40 + 5 }, { seed: 5 }, []],
    [{ stop: "END" }, { stopSequences: ["END"] }, []],
    [{ stop: ["a", "b", "c", "d"] }, { stopSequences: ["a", "b", "c", "d"] }, []],
    [{ logprobs: true, top_logprobs: 3 }, { responseLogprobs: true, logprobs: 3 }, []],
    [{ response_format: { type: "json_object" } }, { responseMimeType: "application/json" }, []],
    [{ modalities: ["text", "audio"] }, { responseModalities: ["TEXT", "AUDIO"] }, []],
    [{ user: "u", metadata: { a: "b" } }, undefined, ["user", "metadata"]],
    [{ service_tier: "auto" }, undefined, []],
    [{ service_tier: "scale" }, undefined, ["service_tier"]],
    [{ prediction: { type: "content", content: "x" } }, undefined, ["prediction"]],
    [{ logit_bias: { 50: 1 } }, undefined, ["logit_bias"]],
  ])("%j", (body, config, warnings) => {
    const { body: formatted, warnings: named } = sent(body);
    expect(formatted["generationConfig"]).toEqual(config);
    expect(named).toEqual(warnings);
  });

  test("a tier that Gemini has", () => expect(sent({ service_tier: "flex" }).body["serviceTier"]).toBe("flex"));
});

describe("thinking in the words of the model's generation", () => {
  const SHOWN = { includeThoughts: true };
  test.each<[string, JsonObject, JsonObject | undefined, string[]]>([
    ["gemini-2.5-flash", { reasoning_effort: "low" }, { thinkingBudget: 1024, ...SHOWN }, []],
    ["gemini-2.5-flash", { reasoning_effort: "none" }, { thinkingBudget: 0 }, []],
    ["gemini-2.5-pro", { reasoning_effort: "none" }, { thinkingBudget: 128 }, ["reasoning_effort"]],
    ["gemini-2.5-flash", { reasoning_effort: "high" }, { thinkingBudget: 24_576, ...SHOWN }, []],
    ["gemini-2.5-flash", { reasoning_effort: "high", max_tokens: 4000 }, { thinkingBudget: 3000, ...SHOWN }, []],
    ["gemini-3-flash-preview", { reasoning_effort: "minimal" }, { thinkingLevel: "minimal", ...SHOWN }, []],
    ["gemini-3-pro-preview", { reasoning_effort: "medium" }, { thinkingLevel: "high", ...SHOWN }, []],
    ["gemini-3.1-pro-preview", { reasoning_effort: "medium" }, { thinkingLevel: "medium", ...SHOWN }, []],
    ["gemini-3.1-pro-preview", { reasoning_effort: "none" }, { thinkingLevel: "low" }, ["reasoning_effort"]],
    ["gemini-2.0-flash", { reasoning_effort: "low" }, undefined, ["reasoning_effort"]],
    ["gemini-2.0-flash", { reasoning_effort: "none" }, undefined, []],
  ])("%s %j", (model, body, thinking, warnings) => {
    expect(configOf(body, model)?.["thinkingConfig"] as JsonObject | undefined).toEqual(thinking);
    expect(sent(body, model).warnings).toEqual(warnings);
  });
});

describe("schemas", () => {
  const schemaOf = (schema: JsonObject) => {
    const format = { type: "json_schema", json_schema: { name: "a", schema } };
    const { body, warnings } = sent({ response_format: format });
    return [(body["generationConfig"] as JsonObject)["responseSchema"], warnings];
  };
  const of = (schema: JsonObject) => ({ type: "object", properties: { a: schema } });
  const to = (schema: JsonObject) => ({ type: "OBJECT", properties: { a: schema } });

  test.each<[string, JsonObject, JsonObject]>([
    [
      "a closed object",
      { ...of({ type: "string" }), additionalProperties: false, $schema: "x" },
      to({ type: "STRING" }),
    ],
    ["a type with null", of({ type: ["integer", "null"] }), to({ type: "INTEGER", nullable: true })],
    ["a list of types", of({ type: ["string", "number"] }), to({ anyOf: [{ type: "STRING" }, { type: "NUMBER" }] })],
    [
      "null among alternatives",
      of({ anyOf: [{ type: "string" }, { type: "null" }] }),
      to({ type: "STRING", nullable: true }),
    ],
    [
      "alternatives with a description beside them",
      of({ description: "d", oneOf: [{ type: "string" }, { type: "object", properties: { b: { type: "boolean" } } }] }),
      to({
        anyOf: [
          { type: "STRING", description: "d" },
          { type: "OBJECT", properties: { b: { type: "BOOLEAN" } }, description: "d" },
        ],
      }),
    ],
    ["a constant", of({ const: "x" }), to({ type: "STRING", enum: ["x"] })],
    ["an enum with null", of({ enum: ["x", null] }), to({ type: "STRING", enum: ["x"], nullable: true })],
    ["an open bound", of({ type: "integer", exclusiveMinimum: 0 }), to({ type: "INTEGER", minimum: 1 })],
    ["a list of anything", of({ type: "array" }), to({ type: "ARRAY", items: { type: "STRING" } })],
    ["an empty object inside", of({ type: "object", properties: {}, required: [] }), to({ type: "OBJECT" })],
    [
      "a reference",
      { ...of({ $ref: "#/$defs/a~1b" }), $defs: { "a/b": { type: "string", minLength: 2 } } },
      to({ type: "STRING", minLength: 2 }),
    ],
    [
      "parts of one object",
      {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "integer" } }, required: ["b"] },
        ],
      },
      { type: "OBJECT", properties: { a: { type: "STRING" }, b: { type: "INTEGER" } }, required: ["a", "b"] },
    ],
  ])("%s", (_, schema, expected) => expect(schemaOf(schema)).toEqual([expected, []]));

  test.each<[string, JsonObject, JsonObject]>([
    ["a format", of({ type: "string", format: "uri" }), to({ type: "STRING", description: '{format: "uri"}' })],
    [
      "numbers to choose from",
      of({ enum: [1, 2], description: "how many" }),
      to({ type: "INTEGER", description: "how many\n\n{enum: [1,2]}" }),
    ],
    [
      "free keys",
      of({ type: "object", additionalProperties: { type: "string" } }),
      to({ type: "OBJECT", description: '{additionalProperties: {"type":"string"}}' }),
    ],
  ])("%s is described, and named as lost", (_, schema, expected) =>
    expect(schemaOf(schema)).toEqual([expected, ["response_format"]]),
  );

  test("a recursive one is unrolled and cut", () => {
    const node = { type: "object", properties: { next: { $ref: "#/$defs/node" } } };
    const [schema, warnings] = schemaOf({ $ref: "#/$defs/node", $defs: { node } });
    expect(JSON.stringify(schema)).not.toContain("$ref");
    expect(JSON.stringify(schema).match(/next/g)!.length).toBe(3);
    expect(warnings).toEqual(["response_format"]);
  });

  test("one that doubles at each level stays bounded", () => {
    const $defs: JsonObject = { d30: { type: "string" } };
    for (let i = 0; i < 30; i++)
      $defs[`d${i}`] = {
        type: "object",
        properties: { l: { $ref: `#/$defs/d${i + 1}` }, r: { $ref: `#/$defs/d${i + 1}` } },
      };
    const [schema] = schemaOf({ $ref: "#/$defs/d0", $defs });
    expect(JSON.stringify(schema).length).toBeLessThan(500_000);
  });
});

const TOOLS = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];

describe("tools", () => {
  test("a function without arguments has no parameters", () => {
    expect(sent({ tools: TOOLS }).body["tools"]).toEqual([{ functionDeclarations: [{ name: "f" }] }]);
  });
  test.each<[JsonObject, JsonObject | undefined, string[]]>([
    [{ tool_choice: "auto" }, { mode: "AUTO" }, []],
    [{ tool_choice: "none" }, { mode: "NONE" }, []],
    [{ tool_choice: "required" }, { mode: "ANY" }, []],
    [{ tool_choice: { type: "function", function: { name: "f" } } }, { mode: "ANY", allowedFunctionNames: ["f"] }, []],
    [{ parallel_tool_calls: false }, undefined, ["parallel_tool_calls"]],
  ])("%j", (body, config, warnings) => {
    const formatted = sent({ tools: TOOLS, ...body });
    expect(formatted.body["toolConfig"] as JsonObject | undefined).toEqual(
      config ? { functionCallingConfig: config } : undefined,
    );
    expect(formatted.warnings).toEqual(warnings);
  });
  test("a search is Google's, and JSON beside functions is refused before Gemini 3", () => {
    expect(sent({ web_search_options: {} }).body["tools"]).toEqual([{ googleSearch: {} }]);
    const mixed = { tools: TOOLS, web_search_options: {}, response_format: { type: "json_object" } };
    expect(sent(mixed).warnings).toEqual(["web_search", "response_format"]);
    expect(sent(mixed, "gemini-3-flash-preview").warnings).toEqual([]);
  });
});

const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: '{"a":1}' } });
const HISTORY: { messages: JsonObject[] } = {
  messages: [
    { role: "system", content: "Be kind." },
    { role: "user", content: "Go" },
    { role: "assistant", content: null, tool_calls: [call("c1", "f"), call("c2", "f"), call("gemini_r_0", "g")] },
    { role: "tool", tool_call_id: "gemini_r_0", content: "third" },
    { role: "tool", tool_call_id: "c2", content: "second" },
    { role: "tool", tool_call_id: "c1", content: '{"first":true}' },
    { role: "user", content: "And now?" },
  ],
};

describe("a conversation", () => {
  const contentsOf = (model: string, vendor?: string) => sent(HISTORY, model, vendor).body["contents"] as JsonObject[];

  test("has its results in the order of their calls, and ids where the model knows them", () => {
    const [, model, user] = contentsOf("gemini-3-flash-preview");
    const id = (name: string, part: string) => ({ [part]: expect.objectContaining({ id: name }) });
    expect((model!["parts"] as JsonObject[]).slice(0, 2)).toEqual([
      id("c1", "functionCall"),
      id("c2", "functionCall"),
    ] as never);
    expect((model!["parts"] as JsonObject[])[2]!["functionCall"]).toEqual({ name: "g", args: { a: 1 } });
    expect(user!["parts"]).toEqual([
      { functionResponse: { id: "c1", name: "f", response: { output: '{"first":true}' } } },
      { functionResponse: { id: "c2", name: "f", response: { output: "second" } } },
      { functionResponse: { name: "g", response: { output: "third" } } },
      { text: "And now?" },
    ]);
  });

  test.each([
    ["gemini-2.5-flash", "gemini"],
    ["gemini-3-flash-preview", "vertex"],
  ])("%s at %s gets no ids", (model, vendor) =>
    expect(JSON.stringify(contentsOf(model, vendor))).not.toContain('"id"'),
  );

  test("that ends in another model's calls has words in the place of their signatures", () => {
    const parts = (body: JsonObject, model: string) =>
      ((sent(body, model).body["contents"] as JsonObject[])[1]!["parts"] as JsonObject[]).map(
        (part) => part["thoughtSignature"],
      );
    const open = { messages: HISTORY.messages.slice(0, -1) };
    expect(parts(open, "gemini-3-flash-preview")).toEqual(["skip_thought_signature_validator", undefined, undefined]);
    expect(parts(open, "gemini-2.5-flash")).toEqual([undefined, undefined, undefined]);
    // An earlier turn is not checked.
    expect(parts(HISTORY, "gemini-3-flash-preview")).toEqual([undefined, undefined, undefined]);
  });

  test("keeps Google's own signatures and leaves out thoughts of others", () => {
    const body: JsonObject = {
      model: "m",
      max_tokens: 5,
      messages: [
        { role: "user", content: "Go" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "mine", signature: "sig-a" },
            { type: "tool_use", id: "t1", name: "f", input: {} },
            { type: "thinking", thinking: "", signature: "eg1.gemini.c2ln" },
          ],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "ok", is_error: true }] },
      ],
    };
    const { body: formatted } = gemini.formatRequest(anthropicMessages.parseRequest(body), {
      traits: { model: "gemini-3-pro-preview", vendor: "vertex" },
      stream: false,
    });
    expect(formatted["contents"]).toEqual([
      { role: "user", parts: [{ text: "Go" }] },
      { role: "model", parts: [{ functionCall: { name: "f", args: {} }, thoughtSignature: "c2ln" }] },
      { role: "user", parts: [{ functionResponse: { name: "f", response: { error: "ok" } } }] },
    ]);
  });

  test("of system messages alone becomes a user's, and one that begins with the model gets a user before it", () => {
    expect(sent({ messages: [{ role: "system", content: "Go" }] }).body).toEqual({
      contents: [{ role: "user", parts: [{ text: "Go" }] }],
    });
    const { body } = sent({ messages: [{ role: "assistant", content: "Hi" }] });
    expect((body["contents"] as JsonObject[])[0]!["role"]).toBe("user");
  });
});

test.each<[JsonObject, JsonObject]>([
  [
    { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
    { inlineData: { mimeType: "image/png", data: "AA" } },
  ],
  [
    { type: "image_url", image_url: { url: "https://h.example/a.webp?x=1" } },
    { fileData: { mimeType: "image/webp", fileUri: "https://h.example/a.webp?x=1" } },
  ],
  [
    { type: "input_audio", input_audio: { data: "AA", format: "wav" } },
    { inlineData: { mimeType: "audio/wav", data: "AA" } },
  ],
  [
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } },
    { inlineData: { mimeType: "application/pdf", data: "AA" } },
  ],
])("media: %j", (part, expected) => {
  const { body } = sent({ messages: [{ role: "user", content: [part] }] });
  expect((body["contents"] as JsonObject[])[0]!["parts"]).toEqual([expected]);
});

describe("Gemini's own bodies", () => {
  const changes = (model: string, maxOutputTokens?: number) => ({
    traits: { model, vendor: "gemini" },
    stream: false,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  });
  const edited = (body: JsonObject, model: string, cap?: number) => {
    const direct = gemini.edits(body, changes(model, cap));
    return direct && JSON.parse(Buffer.from(splice(Buffer.from(JSON.stringify(body)), direct.edits)).toString());
  };

  test("in snake case mean the same", () => {
    const snake: JsonObject = {
      system_instruction: { parts: [{ text: "S" }] },
      contents: [
        { parts: [{ inline_data: { mime_type: "image/png", data: "AA" } }] },
        {
          role: "model",
          parts: [{ function_call: { name: "f", args: { snake_case: 1 } }, thought_signature: "c2ln" }],
        },
        { parts: [{ function_response: { name: "f", response: { output: "x" } } }] },
      ],
      generation_config: { max_output_tokens: 7, thinking_config: { thinking_budget: 9 }, stop_sequences: ["."] },
      tools: [{ function_declarations: [{ name: "f", parameters: { type: "OBJECT", max_properties: "3" } }] }],
      tool_config: { function_calling_config: { mode: "ANY" } },
    };
    const request = gemini.parseRequest(snake, { model: "m" });
    expect(request).toMatchObject({
      maxOutputTokens: 7,
      stop: ["."],
      toolChoice: "required",
      reasoning: { budgetTokens: 9 },
      tools: [{ name: "f", parameters: { type: "object", maxProperties: 3 } }],
    });
    expect(request.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(request.messages[2]!.content).toMatchObject([
      { type: "tool-call", arguments: '{"snake_case":1}', signature: { origin: "gemini", value: "c2ln" } },
    ]);
    expect(edited(snake, "m", 3)).toMatchObject({ generation_config: { max_output_tokens: 3, stop_sequences: ["."] } });
  });

  test("get words for a missing signature, and nothing else", () => {
    const body = {
      contents: [
        { role: "user", parts: [{ text: "Go" }] },
        { role: "model", parts: [{ functionCall: { name: "f", args: {} } }] },
        { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] },
      ],
    };
    expect(edited(body, "gemini-2.5-pro")).toEqual(body);
    expect(edited(body, "gemini-3-pro-preview")).toEqual({
      contents: body.contents.with(1, {
        role: "model",
        parts: [
          { functionCall: { name: "f", args: {} }, thoughtSignature: "skip_thought_signature_validator" },
        ] as never,
      }),
    });
  });

  test("with another maker's thoughts go through the canonical form, and its maker gets them back whole", () => {
    const wire = Buffer.from("eg1.anthropic.sig-a").toString("base64");
    const body: JsonObject = {
      contents: [
        { role: "user", parts: [{ text: "Go" }] },
        {
          role: "model",
          parts: [
            { text: "I ", thought: true },
            { text: "think.", thought: true },
            { text: "", thought: true, thoughtSignature: wire },
            { text: "Done." },
          ],
        },
        { role: "user", parts: [{ text: "More" }] },
      ],
    };
    expect(gemini.edits(body, changes("gemini-3-pro-preview"))).toBeUndefined();
    const request = gemini.parseRequest(body, { model: "m" });
    const { body: back } = gemini.formatRequest(request, changes("gemini-3-pro-preview"));
    expect((back["contents"] as JsonObject[])[1]).toEqual({ role: "model", parts: [{ text: "Done." }] });
    const claude = anthropicMessages.formatRequest(request, { ...changes("claude-sonnet-4-5"), maxOutputTokens: 50 });
    expect((claude.body["messages"] as JsonObject[])[1]!["content"]).toEqual([
      { type: "thinking", thinking: "I think.", signature: "sig-a" },
      { type: "text", text: "Done." },
    ]);
  });

  test("calls without ids find their results by name and order", () => {
    const named = (name: string, output: string) => ({ functionResponse: { name, response: { output } } });
    const part = (name: string) => ({ functionCall: { name, args: {} } });
    const request: ChatRequest = gemini.parseRequest(
      {
        contents: [
          { role: "user", parts: [{ text: "Go" }] },
          { role: "model", parts: [part("f"), part("g"), part("f")] },
          { role: "user", parts: [named("g", "1"), named("f", "2"), named("f", "3")] },
          { role: "model", parts: [part("f")] },
          { role: "user", parts: [named("f", "4")] },
        ],
      },
      { model: "m" },
    );
    const ids = (message: Message, key: "id" | "toolCallId") =>
      (message.content as never as Record<string, string>[]).map((one) => one[key]!);
    const calls = ids(request.messages[1]!, "id");
    expect(new Set([...calls, ...ids(request.messages[3]!, "id")]).size).toBe(4);
    expect(ids(request.messages[2]!, "toolCallId")).toEqual([calls[1]!, calls[0]!, calls[2]!]);
    expect(ids(request.messages[4]!, "toolCallId")).toEqual(ids(request.messages[3]!, "id"));
  });
});

test("bytes in the alphabet for URLs, as Google's SDK for Python writes them, are standard for everybody else", () => {
  const parts = [{ inline_data: { mime_type: "image/png", data: "a-_b" } }];
  const request = gemini.parseRequest({ contents: [{ role: "user", parts }] }, { model: "m" });
  const { body } = openaiChat.formatRequest(request, { traits: { model: "m", vendor: "groq" }, stream: false });
  expect(JSON.stringify(body)).toContain("data:image/png;base64,a+/b");
});

test("turns around one of which nothing can be said become one", () => {
  const request = openaiChat.parseRequest({
    ...OPENAI,
    messages: [...OPENAI.messages, { role: "assistant", content: "Ho" }],
  });
  const opaque: Message = {
    role: "tool",
    content: [{ type: "opaque", dialect: "openai-responses", kind: "tool_search_output", raw: {} }],
  };
  const after: Message = { role: "assistant", content: "Hum" };
  const { body } = gemini.formatRequest(
    { ...request, messages: [...request.messages, opaque, after] },
    { traits: { model: "m", vendor: "gemini" }, stream: false },
  );
  expect(body["contents"]).toEqual([
    { role: "user", parts: [{ text: "Hi" }] },
    { role: "model", parts: [{ text: "Ho" }, { text: "Hum" }] },
  ]);
});
