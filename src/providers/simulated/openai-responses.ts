/** OpenAI's Responses as its API reference and its answers show them (2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import type { ErrorKind } from "./faults.ts";
import { openAiChatWire } from "./openai-chat.ts";
import { refuseOpenAiResponses } from "./openai-responses-rules.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRequest, WireTool } from "./wire.ts";

export const openAiResponsesWire: WireDialect = {
  name: "openai-responses",
  serves: (path) => path.endsWith("/responses"),
  credential: openAiChatWire.credential,
  read: (body, _headers, strict) => refuseOpenAiResponses(body, strict) ?? readRequest(body),
  whole: (answer) => response(answer, "end"),
  stream,
  error: errorOf,
  errorFrame(kind) {
    const { error } = errorOf(kind, {}).body as { error: JsonObject };
    return frameText("error", { sequence_number: 0, error });
  },
};

function readRequest(body: JsonObject): WireRequest {
  const { input } = body;
  const items: JsonObject[] =
    typeof input === "string" ? [{ role: "user", content: input }] : ((input ?? []) as JsonObject[]);
  const lastUser = items.findLastIndex((item) => item["role"] === "user");
  const results = items.slice(lastUser + 1).filter((item) => String(item["type"]).endsWith("_output"));
  const maxTokens = body["max_output_tokens"];
  const reasoning = body["reasoning"] as JsonObject | null | undefined;
  const instructions = typeof body["instructions"] === "string" ? body["instructions"] : "";
  return {
    model: body["model"] as string,
    stream: body["stream"] === true,
    lastUserText: textOf(items[lastUser]?.["content"]),
    toolResults: results.map((item) => textOf(item["output"])),
    inputTokens: items.reduce(
      (sum, item) => sum + 3 + countTokens(textOf(item["content"] ?? item["output"])),
      3 + countTokens(instructions),
    ),
    ...(typeof maxTokens === "number" && { maxTokens }),
    stop: [],
    tools: ((body["tools"] ?? []) as JsonObject[]).flatMap(toolOf),
    toolChoice: choiceOf(body["tool_choice"] as Json | undefined),
    thinks: typeof reasoning?.["effort"] === "string" && reasoning["effort"] !== "none",
    includeUsage: true,
  };
}

function toolOf(tool: JsonObject): WireTool[] {
  if (tool["type"] !== "function") return [];
  return [{ name: tool["name"] as string, schema: (tool["parameters"] ?? {}) as JsonObject }];
}

function choiceOf(choice: Json | undefined): WireRequest["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  const named = (choice as JsonObject | undefined)?.["name"];
  return typeof named === "string" ? { name: named } : "auto";
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => String((part as JsonObject)["text"] ?? "")).join("");
}

function outputOf(answer: WireAnswer): JsonObject[] {
  const items: JsonObject[] = [];
  if (answer.thinking.length > 0)
    items.push({
      id: `rs_${answer.id}`,
      type: "reasoning",
      summary: [{ type: "summary_text", text: answer.thinking.join("") }],
      encrypted_content: `sealed-${answer.id}`,
    });
  for (const call of answer.toolCalls)
    items.push({
      id: `fc_${call.id}`,
      type: "function_call",
      status: "completed",
      arguments: call.arguments,
      call_id: call.id,
      name: call.name,
    });
  if (answer.toolCalls.length > 0) return items;
  const content = [{ type: "output_text", annotations: [], logprobs: [], text: answer.text.join("") }];
  const status = answer.finish === "length" ? "incomplete" : "completed";
  return [...items, { id: `msg_${answer.id}`, type: "message", status, content, role: "assistant" }];
}

/** `end`: as it is told last; before that it is in progress and empty. */
function response(answer: WireAnswer, at: "start" | "end"): JsonObject {
  const cut = answer.finish === "length" || answer.finishWord === "content_filter";
  const reason = answer.finishWord ?? "max_output_tokens";
  const output = answer.outputTokens + answer.thinkingTokens;
  return {
    id: `resp_${answer.id}`,
    object: "response",
    created_at: answer.createdSeconds,
    status: at === "start" ? "in_progress" : cut ? "incomplete" : "completed",
    background: false,
    error: null,
    incomplete_details: at === "end" && cut ? { reason } : null,
    instructions: null,
    max_output_tokens: null,
    model: answer.model,
    output: at === "start" ? [] : outputOf(answer),
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: true,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage:
      at === "start"
        ? null
        : {
            input_tokens: answer.inputTokens,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: output,
            output_tokens_details: { reasoning_tokens: answer.thinkingTokens },
            total_tokens: answer.inputTokens + output,
          },
    user: null,
    metadata: {},
  };
}

function frameText(type: string, fields: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function stream(answer: WireAnswer): Frame[] {
  const frames: Frame[] = [];
  const add = (kind: Frame["kind"], type: string, fields: JsonObject) =>
    frames.push({ kind, text: frameText(type, { sequence_number: frames.length, ...fields }) });
  add("start", "response.created", { response: response(answer, "start") });
  add("other", "response.in_progress", { response: response(answer, "start") });
  for (const [index, item] of outputOf(answer).entries()) {
    const place = { item_id: item["id"]!, output_index: index };
    const begun = { ...item, ...(item["status"] !== undefined && { status: "in_progress" }) };
    if (item["type"] === "message") {
      add("other", "response.output_item.added", { output_index: index, item: { ...begun, content: [] } });
      const [part] = item["content"] as JsonObject[];
      const at = { ...place, content_index: 0 };
      add("other", "response.content_part.added", { ...at, part: { ...part, text: "" } });
      for (const delta of answer.text) add("content", "response.output_text.delta", { ...at, delta, logprobs: [] });
      add("other", "response.output_text.done", { ...at, text: part!["text"]!, logprobs: [] });
      add("other", "response.content_part.done", { ...at, part: part! });
    } else if (item["type"] === "reasoning") {
      const at = { ...place, summary_index: 0 };
      add("other", "response.output_item.added", {
        output_index: index,
        item: { id: item["id"]!, type: "reasoning", summary: [] },
      });
      add("other", "response.reasoning_summary_part.added", { ...at, part: { type: "summary_text", text: "" } });
      for (const delta of answer.thinking) add("content", "response.reasoning_summary_text.delta", { ...at, delta });
      add("other", "response.reasoning_summary_text.done", { ...at, text: answer.thinking.join("") });
    } else {
      const text = item["arguments"] as string;
      add("content", "response.output_item.added", { output_index: index, item: { ...begun, arguments: "" } });
      for (const delta of text.match(/[\s\S]{1,7}/g) ?? [])
        add("content", "response.function_call_arguments.delta", { ...place, delta });
      add("other", "response.function_call_arguments.done", { ...place, arguments: text });
    }
    add("other", "response.output_item.done", { output_index: index, item });
  }
  const end = response(answer, "end");
  add("finish", `response.${end["status"]}`, { response: end });
  return frames;
}

/** The envelope is that of every path of OpenAI; what names a field names one of this API. */
function errorOf(kind: ErrorKind, detail: RefusalDetail): { status: number; body: JsonObject } {
  const param = kind === "context_length" ? "input" : detail.param;
  return openAiChatWire.error(kind, { ...detail, ...(param !== undefined && { param }) });
}
