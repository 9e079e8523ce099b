/** The official SDKs are the judges of the simulated provider's wire format. */
import { afterAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startSimulated } from "../../../src/providers/simulated/simulated.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const server = startSimulated({ name: "sim" }, { clock: simulatedClock(), random: seededRandom(1) });
afterAll(server.stop);

const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "k", maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: server.url, apiKey: "k", maxRetries: 0 });

const weather = {
  type: "object" as const,
  properties: {
    city: { type: "string" },
    unit: { type: "string", enum: ["celsius", "kelvin"] },
    days: { type: "integer" },
  },
  required: ["city", "unit"],
};

describe("chat completions", () => {
  const ask = (content: string) => ({ model: "gpt-4o", messages: [{ role: "user" as const, content }] });
  test("a whole answer quotes the user and counts its own words", async () => {
    const answer = await openai.chat.completions.create(ask("What is an LLM gateway?"));
    const text = answer.choices[0]!.message.content!;
    expect(text).toContain("simulated answer from sim (gpt-4o)");
    expect(text).toContain("What is an LLM gateway?");
    expect(answer.choices[0]!.finish_reason).toBe("stop");
    expect(answer.usage!.completion_tokens).toBe(text.match(/\S+/g)!.length);
    expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens);
  });

  test("a stream says the same as the whole answer, with usage at the end when asked for", async () => {
    const whole = await openai.chat.completions.create(ask("Hello"));
    const stream = await openai.chat.completions.create({
      ...ask("Hello"),
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.choices.length === 0) usage = chunk.usage;
    }
    expect(text).toBe(whole.choices[0]!.message.content!);
    expect(usage?.completion_tokens).toBe(whole.usage!.completion_tokens);
  });

  test("tools that the prompt names are called in parallel, with arguments that fit their schema", async () => {
    const tools = ["get_weather", "get_time", "get_news"].map((name) => ({
      type: "function" as const,
      function: { name, parameters: weather },
    }));
    const stream = openai.chat.completions.stream({ ...ask("call get_weather and get_time for Oslo"), tools });
    const message = await stream.finalMessage();
    expect(message.tool_calls?.map((call) => (call.type === "function" ? call.function.name : ""))).toEqual([
      "get_weather",
      "get_time",
    ]);
    const [first] = message.tool_calls!;
    expect(JSON.parse((first as { function: { arguments: string } }).function.arguments)).toMatchObject({
      unit: "celsius",
    });
    const answer = await openai.chat.completions.create({
      model: "gpt-4o",
      tools,
      messages: [
        { role: "user", content: "call get_weather and get_time for Oslo" },
        message,
        ...message.tool_calls!.map((call) => ({ role: "tool" as const, tool_call_id: call.id, content: "12 degrees" })),
      ],
    });
    expect(answer.choices[0]!.message.content).toContain("12 degrees");
  });

  test("max_tokens cuts, stop sequences stop, reasoning is counted", async () => {
    const cut = await openai.chat.completions.create({ ...ask("Hello"), max_completion_tokens: 4 });
    expect(cut.choices[0]!.finish_reason).toBe("length");
    expect(cut.usage!.completion_tokens).toBe(4);
    const stopped = await openai.chat.completions.create({ ...ask("Hello"), stop: ["You said"] });
    expect(stopped.choices[0]!.message.content).toEndWith("(gpt-4o). ");
    const thought = await openai.chat.completions.create({ ...ask("Hello"), reasoning_effort: "low" });
    expect(thought.usage!.completion_tokens_details!.reasoning_tokens).toBeGreaterThan(0);
  });
});

describe("messages", () => {
  const ask = (content: string, max_tokens = 4096) => ({
    model: "claude-sim",
    max_tokens,
    messages: [{ role: "user" as const, content }],
  });
  test("a stream says the same as the whole answer", async () => {
    const whole = await anthropic.messages.create(ask("Hello"));
    const streamed = await anthropic.messages.stream(ask("Hello")).finalMessage();
    expect<unknown>(streamed.content).toEqual(whole.content);
    expect(streamed.stop_reason).toBe("end_turn");
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(streamed.usage.input_tokens).toBe(whole.usage.input_tokens);
  });

  test("thinking is signed, and comes back only unchanged", async () => {
    const thinking = { type: "enabled" as const, budget_tokens: 2000 };
    const first = await anthropic.messages.stream({ ...ask("Hello"), thinking }).finalMessage();
    expect(first.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    const history = (content: Anthropic.ContentBlockParam[]) => ({
      ...ask("Hello"),
      thinking,
      messages: [
        { role: "user" as const, content: "Hello" },
        { role: "assistant" as const, content },
        { role: "user" as const, content: "And?" },
      ],
    });
    const params = first.content as Anthropic.ContentBlockParam[];
    expect((await anthropic.messages.create(history(params))).stop_reason).toBe("end_turn");
    const changed = params.map((block) => (block.type === "thinking" ? { ...block, thinking: "Other." } : block));
    // The SDK's promise is none that `rejects` knows.
    const refused = await anthropic.messages.create(history(changed)).catch((error: unknown) => error);
    expect(String(refused)).toContain("Invalid `signature`");
  });

  test("a tool is called and its result quoted", async () => {
    const tools = [{ name: "get_weather", input_schema: weather }];
    const first = await anthropic.messages.stream({ ...ask("use the weather tool"), tools }).finalMessage();
    expect(first.stop_reason).toBe("tool_use");
    const call = first.content[0] as Anthropic.ToolUseBlock;
    expect(call.input).toMatchObject({ unit: "celsius" });
    const messages: Anthropic.MessageParam[] = [
      { role: "user", content: "use the weather tool" },
      { role: "assistant", content: first.content as Anthropic.ContentBlockParam[] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "12 degrees" }] }],
      },
    ];
    const answer = await anthropic.messages.create({ ...ask(""), tools, messages });
    expect(JSON.stringify(answer.content)).toContain("12 degrees");
  });

  test("a begun answer is gone on with", async () => {
    const messages: Anthropic.MessageParam[] = [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "The answer is" },
    ];
    const answer = await anthropic.messages.create({ ...ask(""), messages });
    expect(answer.content[0]).toMatchObject({ type: "text", text: expect.stringContaining("goes on") });
  });
});
