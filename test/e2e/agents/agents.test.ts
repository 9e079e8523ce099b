/**
 * Requests in the shape that coding agents send them, over providers of other dialects: a turn that calls tools, one
 * that sends what they said, and what the agent asks beside them.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { type Content, type GenerateContentConfig, GoogleGenAI, type Part } from "@google/genai";
import OpenAI from "openai";
import { lastBodyOf, modelOf, type ProviderName, startWorld, type World } from "../sdks/world.ts";
import claudeCode from "./claude-code.json";
import codex from "./codex.json";
import geminiCli from "./gemini-cli.json";

const BETAS = ["claude-code-20250219", "interleaved-thinking-2025-05-14", "context-management-2025-06-27"];
const PATCH_TOOL = "apply_patch";

let world: World;
beforeAll(async () => {
  world = await startWorld(["words"]);
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

describe.each<ProviderName>(["openai", "google"])("Claude Code over %s", (provider) => {
  const model = modelOf("words", provider);
  const body = { ...(claudeCode as unknown as Anthropic.Beta.MessageCreateParamsStreaming), model, betas: BETAS };
  const client = () =>
    new Anthropic({ baseURL: `${world.reach.url}/anthropic`, apiKey: world.reach.key, maxRetries: 0 });

  test("two turns with a tool, and thoughts that come back", async () => {
    const stream = client().beta.messages.stream(body);
    const first = await stream.finalMessage();
    const call = first.content.find((block) => block.type === "tool_use")!;
    expect([call.name, first.stop_reason]).toEqual(["Grep", "tool_use"]);
    expect(call.input).toHaveProperty("pattern");
    expect(first.usage.output_tokens).toBeGreaterThan(0);
    const upstream = lastBodyOf(world.upstreamOf("words", provider));
    for (const said of ["lighthouse", "system-reminder", "mcp__harbour__tides"]) expect(upstream).toContain(said);
    for (const own of ["cache_control", "context_management", "clear_thinking"]) expect(upstream).not.toContain(own);
    const { headers } = stream.response!;
    expect(headers.get("x-evergate-warnings")).toContain("context_management");

    const last = await client()
      .beta.messages.stream({
        ...body,
        messages: [
          ...body.messages,
          { role: "assistant", content: first.content as Anthropic.Beta.BetaContentBlockParam[] },
          {
            role: "user",
            content: [
              {
                type: "tool_result",
                tool_use_id: call.id,
                content: [{ type: "text", text: "7 lamps found" }],
                cache_control: { type: "ephemeral" },
              },
              { type: "text", text: "<system-reminder>The list is empty.</system-reminder>" },
            ],
          },
        ],
      })
      .finalMessage();
    const text = last.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    expect(text).toContain(provider === "google" ? "7 lamps found" : "system-reminder");
    expect(lastBodyOf(world.upstreamOf("words", provider))).toContain("7 lamps found");
    expect(last.stop_reason).toBe("end_turn");
  });

  test("a history of Claude's own thoughts, and a count of it", async () => {
    const messages: Anthropic.Beta.BetaMessageParam[] = [
      ...body.messages,
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Search first.", signature: "EqQBCgIYAhIM" },
          { type: "redacted_thinking", data: "EmwKAhgB" },
          { type: "text", text: "I look." },
          { type: "tool_use", id: "toolu_01A", name: "Grep", input: { pattern: "lamp", "-i": true } },
          { type: "tool_use", id: "toolu_01B", name: "Read", input: { file_path: "/lamps.txt" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_01A", content: "lamps.txt" },
          { type: "tool_result", tool_use_id: "toolu_01B", content: "no such file", is_error: true },
        ],
      },
    ];
    const answer = await client().beta.messages.create({ ...body, messages, max_tokens: 2_000, stream: false });
    expect(answer.content.some((block) => block.type === "text" && block.text.includes("no such file"))).toBe(true);
    expect(lastBodyOf(world.upstreamOf("words", provider))).not.toContain("EqQBCgIYAhIM");
    const { system, tools, thinking } = body;
    const counted = await client().beta.messages.countTokens({ model, messages, system, tools, thinking });
    expect(counted.input_tokens).toBeGreaterThan(50);
  });
});

describe.each<ProviderName>(["claude", "google"])("Codex over %s", (provider) => {
  const model = modelOf("words", provider);
  const body = { ...(codex as unknown as OpenAI.Responses.ResponseCreateParamsStreaming), model };
  const client = () => new OpenAI({ baseURL: `${world.reach.url}/v1`, apiKey: world.reach.key, maxRetries: 0 });

  test("a function and a patch called at once, streamed, and what they said", async () => {
    const input = body.input as OpenAI.Responses.ResponseInputItem[];
    const { data, response } = await client().responses.create(body).withResponse();
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of data) events.push(event);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    const end = events.at(-1)!;
    if (end.type !== "response.completed") throw new Error(end.type);
    const patch = end.response.output.find((item) => item.type === "custom_tool_call")!;
    expect(patch.name).toBe(PATCH_TOOL);
    // The simulated model's arguments begin with what it was asked: here as text, not as JSON.
    expect(patch.input).toStartWith("<environment>\n  <cwd>/home/ada");
    const deltas = events.flatMap((event) =>
      event.type === "response.custom_tool_call_input.delta" && event.item_id === patch.id ? [event.delta] : [],
    );
    expect(deltas.join("")).toBe(patch.input);
    expect(events.filter(({ type }) => type === "response.custom_tool_call_input.done")).toHaveLength(1);
    const done = events.find((event) => event.type === "response.output_item.done" && event.item.id === patch.id);
    expect(done).toMatchObject({ item: { type: "custom_tool_call", input: patch.input, status: "completed" } });
    const command = end.response.output.find((item) => item.type === "function_call")!;
    expect(JSON.parse(command.arguments)).toHaveProperty("cmd");

    const upstream = lastBodyOf(world.upstreamOf("words", provider));
    for (const said of ["lighthouse keeper", "begin", "local_shell", "sandbox allows"])
      expect(upstream).toContain(said);
    const warnings = response.headers.get("x-evergate-warnings")!.split(/,\s*/);
    expect(warnings).toContain("tools[].format");
    expect(warnings).toContain("prompt_cache_key");
    expect(warnings).not.toContain("tools[].custom");

    const results = [
      { type: "function_call_output", call_id: command.call_id, output: "2 files" },
      { type: "custom_tool_call_output", call_id: patch.call_id, output: "patched" },
    ] as const;
    const history = [...input, ...(end.response.output as OpenAI.Responses.ResponseInputItem[]), ...results];
    const last = await client()
      .responses.stream({ ...body, input: history })
      .finalResponse();
    expect(last.output_text).toMatch(/2 files[\s\S]*patched/);
    expect(last.status).toBe("completed");
  });

  test("a tool of a group, and a history of it", async () => {
    const ask = { type: "message", role: "user", content: "Now use crew__call_mate." } as const;
    const answer = await client()
      .responses.stream({ ...body, input: [ask] })
      .finalResponse();
    const call = answer.output.find((item) => item.type === "function_call")!;
    expect(call).toMatchObject({ name: "call_mate", namespace: "crew" });
    const result = { type: "function_call_output", call_id: call.call_id, output: "aye" } as const;
    const last = await client()
      .responses.stream({ ...body, input: [ask, call, result] })
      .finalResponse();
    expect(last.output_text).toContain("aye");
    expect(lastBodyOf(world.upstreamOf("words", provider)).match(/crew__call_mate/g)!.length).toBeGreaterThan(2);
  });

  test("tools that the input declares, one of them custom and in a group", async () => {
    const tools = [{ type: "namespace", name: "functions", tools: [{ type: "custom", name: "exec" }] }];
    const input = [
      { type: "additional_tools", role: "developer", tools },
      { type: "message", role: "user", content: "Now use functions__exec." },
    ] as unknown as OpenAI.Responses.ResponseInput;
    const { tools: _, ...rest } = body;
    const answer = await client()
      .responses.stream({ ...rest, input })
      .finalResponse();
    const call = answer.output.find((item) => item.type === "custom_tool_call")!;
    expect(call).toMatchObject({ name: "exec", namespace: "functions", input: "Now use functions__exec." });
  });

  test("the local shell, and a history of it", async () => {
    const ask = { type: "message", role: "user", content: "Now call local_shell." } as const;
    const answer = await client()
      .responses.stream({ ...body, input: [ask] })
      .finalResponse();
    const call = answer.output.find((item) => item.type === "local_shell_call")!;
    expect(call.action).toEqual({ type: "exec", command: [], env: {} });
    const history: OpenAI.Responses.ResponseInputItem[] = [
      ask,
      { ...call, action: { ...call.action, command: ["ls", "lamps"] } },
      { type: "function_call_output", call_id: call.call_id, output: "lamp-1 lamp-2" },
    ];
    const last = await client()
      .responses.stream({ ...body, input: history })
      .finalResponse();
    expect(last.output_text).toContain("lamp-1 lamp-2");
    expect(lastBodyOf(world.upstreamOf("words", provider))).toMatch(/"command\\*":\s*\[\\*"ls\\*",\s*\\*"lamps/);
  });

  test("a history of OpenAI's own encrypted thoughts", async () => {
    const history: OpenAI.Responses.ResponseInputItem[] = [
      { type: "message", role: "user", content: "Go on." },
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAAABsecret" },
      { type: "custom_tool_call", call_id: "call_9", name: PATCH_TOOL, input: "--- begin\n+ lamp\n--- end\n" },
      { type: "custom_tool_call_output", call_id: "call_9", output: "patched once" },
    ];
    const answer = await client().responses.create({ ...body, input: history, stream: false });
    expect(answer.output_text).toContain("patched once");
    const upstream = lastBodyOf(world.upstreamOf("words", provider));
    expect(upstream).not.toContain("gAAAAABsecret");
    expect(upstream).toContain("+ lamp");
  });
});

test("a patch is kept as one: for the same Idempotency-Key, and in a stored conversation", async () => {
  const client = new OpenAI({ baseURL: `${world.reach.url}/v1`, apiKey: world.reach.key, maxRetries: 0 });
  const body = codex as unknown as OpenAI.Responses.ResponseCreateParamsStreaming;
  const model = modelOf("words", "claude");
  const asked = { ...body, model, store: true, stream: true, input: "Please use apply_patch." } as const;
  const server = world.upstreamOf("words", "claude");
  const before = server.requests.length;
  const answers: OpenAI.Responses.Response[] = [];
  for (const _ of ["first", "again"])
    answers.push(await client.responses.stream(asked, { headers: { "idempotency-key": "patch-1" } }).finalResponse());
  expect(server.requests).toHaveLength(before + 1);
  const [call, again] = answers.map(({ output }) => output.find((item) => item.type === "custom_tool_call")!);
  expect([again!.call_id, again!.input]).toEqual([call!.call_id, call!.input]);
  expect(call!.input).toBe("Please use apply_patch.");
  const last = await client.responses.create({
    ...asked,
    stream: false,
    previous_response_id: answers[0]!.id,
    input: [{ type: "custom_tool_call_output", call_id: call!.call_id, output: "patched twice" }],
  });
  expect(last.output_text).toContain("patched twice");
  expect(lastBodyOf(server)).toContain('"input":{"input":"Please use apply_patch."}');
});

test("custom tools of chat completions, streamed and whole", async () => {
  const client = new OpenAI({ baseURL: `${world.reach.url}/v1`, apiKey: world.reach.key, maxRetries: 0 });
  const tools: OpenAI.ChatCompletionTool[] = [{ type: "custom", custom: { name: "apply_patch" } }];
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Please use apply_patch." }];
  const body = { model: modelOf("words", "google"), messages, tools };
  const whole = (await client.chat.completions.create(body)).choices[0]!;
  const [call] = whole.message.tool_calls!;
  expect(call).toMatchObject({ type: "custom", custom: { name: "apply_patch", input: "Please use apply_patch." } });
  expect(whole.finish_reason).toBe("tool_calls");
  let input = "";
  for await (const { choices } of await client.chat.completions.create({ ...body, stream: true }))
    for (const delta of choices[0]?.delta.tool_calls ?? [])
      input += (delta as unknown as { custom?: { input?: string } }).custom?.input ?? "";
  expect(input).toBe("Please use apply_patch.");
  messages.push(whole.message, { role: "tool", tool_call_id: call!.id, content: "patched" });
  const last = await client.chat.completions.create(body);
  expect(last.choices[0]!.message.content).toContain("patched");
});

test("Codex over a provider that only has chat completions", async () => {
  await using other = await startWorld(["words"], ["compatible"]);
  const client = new OpenAI({ baseURL: `${other.reach.url}/v1`, apiKey: other.reach.key, maxRetries: 0 });
  const body = codex as unknown as OpenAI.Responses.ResponseCreateParamsStreaming;
  const answer = await client.responses.stream({ ...body, model: "words-compatible" }).finalResponse();
  expect(answer.output.map(({ type }) => type)).toEqual(["function_call", "custom_tool_call"]);
  expect(lastBodyOf(other.upstreamOf("words", "compatible"))).not.toContain('"type":"custom"');
});

describe.each<ProviderName>(["openai", "claude"])("Gemini CLI over %s", (provider) => {
  const model = modelOf("words", provider);
  const config = geminiCli.config as GenerateContentConfig;
  const asked = geminiCli.contents as Content[];
  const models = () =>
    new GoogleGenAI({ apiKey: world.reach.key, httpOptions: { baseUrl: `${world.reach.url}/gemini` } }).models;

  test("two turns with a tool, streamed, its parts sent back as they came", async () => {
    const parts: Part[] = [];
    for await (const chunk of await models().generateContentStream({ model, contents: asked, config }))
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    const call = parts.find((part) => part.functionCall)!.functionCall!;
    expect(call.name).toBe("read_file");
    expect(call.args).toHaveProperty("file_path");
    const response = { output: "lamp 3 is out" };
    const contents: Content[] = [
      ...asked,
      { role: "model", parts },
      { role: "user", parts: [{ functionResponse: { id: call.id, name: call.name, response } }] },
    ];
    let text = "";
    for await (const chunk of await models().generateContentStream({ model, contents, config }))
      text += chunk.text ?? "";
    expect(text).toContain("lamp 3 is out");
    const upstream = lastBodyOf(world.upstreamOf("words", provider));
    for (const said of ["lighthouse keeper's terminal", "Understood.", "mcp_tides_now"])
      expect(upstream).toContain(said);
  });

  test("a history signed by Gemini, a check in JSON, and a count", async () => {
    const parts: Part[] = [
      { text: "Look first.", thought: true },
      { functionCall: { id: "c1", name: "read_file", args: { file_path: "a" } }, thoughtSignature: "Q2lnbmF0dXJl" },
      { functionCall: { id: "c2", name: "read_file", args: { file_path: "b" } } },
    ];
    const results: Part[] = ["c1", "c2"].map((id) => ({
      functionResponse: { id, name: "read_file", response: { output: `${id} is dark` } },
    }));
    const contents: Content[] = [...asked, { role: "model", parts }, { role: "user", parts: results }];
    const answer = await models().generateContent({ model, contents, config });
    expect(answer.text).toMatch(/c1 is dark[\s\S]*c2 is dark/);
    expect(lastBodyOf(world.upstreamOf("words", provider))).not.toContain("Q2lnbmF0dXJl");
    const schema = {
      type: "object",
      properties: { next_speaker: { type: "string", enum: ["user", "model"] } },
      required: ["next_speaker"],
    };
    const check = await models().generateContent({
      model,
      contents: [...asked, { role: "user", parts: [{ text: "Who speaks next?" }] }],
      config: {
        ...config,
        tools: undefined,
        thinkingConfig: { thinkingBudget: 0 },
        responseMimeType: "application/json",
        responseJsonSchema: schema,
      },
    });
    expect(check.text).toContain("Who speaks next?");
    expect(lastBodyOf(world.upstreamOf("words", provider))).toContain("next_speaker");
    expect((await models().countTokens({ model, contents })).totalTokens).toBeGreaterThan(20);
  });
});
