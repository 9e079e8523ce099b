/** How clients of three dialects keep a conversation: what came back is appended as it came. */
import type { JsonObject } from "../../src/canonical/chat.ts";

export interface ToolResult {
  id: string;
  name: string;
  output: string;
}

export interface Client {
  dialect: string;
  /** The first body, without any message. */
  begin(): JsonObject;
  say(body: JsonObject, text: string): void;
  /** Appends the answer; returns the calls it asks for. */
  hear(body: JsonObject, reply: JsonObject): { id: string; name: string }[];
  results(body: JsonObject, results: readonly ToolResult[]): void;
}

const SYSTEM = "You are careful.";
const SCHEMA: JsonObject = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
export const TOOL_NAMES = ["get_weather", "get_time"];

type Turn = JsonObject[];

const openai: Client = {
  dialect: "openai-chat",
  begin: () => ({
    model: "fast",
    messages: [{ role: "system", content: SYSTEM }],
    tools: TOOL_NAMES.map((name) => ({ type: "function", function: { name, parameters: SCHEMA } })),
    reasoning_effort: "low",
  }),
  say: (body, text) => (body["messages"] as Turn).push({ role: "user", content: text }),
  hear(body, reply) {
    const { message } = (reply["choices"] as { message: JsonObject }[])[0]!;
    (body["messages"] as Turn).push(message);
    const calls = (message["tool_calls"] ?? []) as { id: string; function: { name: string } }[];
    return calls.map((call) => ({ id: call.id, name: call.function.name }));
  },
  results(body, results) {
    for (const { id, output } of results)
      (body["messages"] as Turn).push({ role: "tool", tool_call_id: id, content: output });
  },
};

const anthropic: Client = {
  dialect: "anthropic-messages",
  begin: () => ({
    model: "fast",
    max_tokens: 8_000,
    system: SYSTEM,
    messages: [],
    tools: TOOL_NAMES.map((name) => ({ name, input_schema: SCHEMA })),
    thinking: { type: "enabled", budget_tokens: 2_000 },
  }),
  say: (body, text) => (body["messages"] as Turn).push({ role: "user", content: text }),
  hear(body, reply) {
    const content = reply["content"] as { type: string; id: string; name: string }[];
    (body["messages"] as Turn).push({ role: "assistant", content });
    return content.flatMap(({ type, id, name }) => (type === "tool_use" ? [{ id, name }] : []));
  },
  results: (body, results) =>
    (body["messages"] as Turn).push({
      role: "user",
      content: results.map(({ id, output }) => ({ type: "tool_result", tool_use_id: id, content: output })),
    }),
};

const gemini: Client = {
  dialect: "gemini",
  begin: () => ({
    systemInstruction: { parts: [{ text: SYSTEM }] },
    contents: [],
    tools: [{ functionDeclarations: TOOL_NAMES.map((name) => ({ name, parametersJsonSchema: SCHEMA })) }],
    generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_000 } },
  }),
  say: (body, text) => (body["contents"] as Turn).push({ role: "user", parts: [{ text }] }),
  hear(body, reply) {
    const { content } = (reply["candidates"] as { content: { parts: JsonObject[] } }[])[0]!;
    (body["contents"] as Turn).push({ ...content, role: "model" });
    return content.parts.flatMap(({ functionCall }) => {
      const call = functionCall as { id?: string; name: string } | undefined;
      return call ? [{ id: call.id ?? "", name: call.name }] : [];
    });
  },
  results: (body, results) =>
    (body["contents"] as Turn).push({
      role: "user",
      parts: results.map(({ id, name, output }) => ({
        functionResponse: { ...(id !== "" && { id }), name, response: { output } },
      })),
    }),
};

export const CLIENTS: readonly Client[] = [openai, anthropic, gemini];
