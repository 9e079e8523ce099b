/**
 * OpenAI's legacy Completions, as clients speak it: the prompt becomes one user message, and any chat model answers.
 * No upstream is asked in this dialect, so what concerns upstreams is that of chat and never used.
 */
import type { RequestFacts } from "../../canonical/call.ts";
import type { ChatRequest, Json, JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import type { Dialect, FrameWriter } from "../dialect.ts";
import { openaiChat } from "../openai-chat/openai-chat.ts";
import { sseFrames } from "../sse.ts";

const { adaptPiece: _adapt, ...chat } = openaiChat;

export const openaiCompletions: Dialect = {
  ...chat,
  name: "openai-completions",
  inspect: (body) => openaiChat.inspect(chatBody(body)) satisfies RequestFacts,
  parseRequest: (body): ChatRequest => ({
    ...openaiChat.parseRequest(chatBody(body)),
    // What chat has no field for (`suffix`, `echo`, `best_of`) is then named as a warning instead of being sent.
    dialect: "openai-completions",
  }),
  formatReply: (answer, options) => completion(openaiChat.formatReply(answer, options), "message"),
  frameWriter(options): FrameWriter {
    const inner = openaiChat.frameWriter(options);
    return {
      write: (events) => rewritten(inner.write(events)),
      end: () => rewritten(inner.end()),
      resume: (sent) => inner.resume(sent),
    };
  },
};

/** Throws GatewayError for prompts that are no single text. */
function chatBody({ prompt, logprobs, ...rest }: JsonObject): JsonObject {
  if (prompt === undefined || prompt === null) throw invalid("Missing required parameter: 'prompt'.");
  const [text, ...others] = Array.isArray(prompt) ? prompt : [prompt];
  if (typeof text !== "string" || others.length > 0)
    throw invalid("'prompt' must be one text here: lists of texts and tokens have no counterpart in chat.");
  const body: JsonObject = { ...rest, messages: [{ role: "user", content: text }] };
  // A number here, a switch in chat: as `completion_logprobs` it is a field that no target knows.
  if (typeof logprobs === "number") body["completion_logprobs"] = logprobs;
  return body;
}

function completion(answer: JsonObject, content: "message" | "delta"): JsonObject {
  const choices = (answer["choices"] as JsonObject[]).map((choice) => ({
    text: textOf(choice[content]),
    index: choice["index"] ?? 0,
    logprobs: null,
    finish_reason: choice["finish_reason"] ?? null,
  }));
  return { ...answer, object: "text_completion", choices };
}

function textOf(message: Json | undefined): string {
  const content = (message as JsonObject | undefined)?.["content"];
  return typeof content === "string" ? content : "";
}

const UTF8 = new TextEncoder();

/** Chunks that only open a message say nothing to a client of this dialect. */
function rewritten(frames: Uint8Array): Uint8Array {
  let text = "";
  for (const { data } of sseFrames(frames)) {
    if (data === undefined) continue;
    const chunk = data.startsWith("{") ? (JSON.parse(data) as JsonObject) : undefined;
    if (!chunk || !Array.isArray(chunk["choices"])) {
      text += `data: ${data}\n\n`;
      continue;
    }
    const said = completion(chunk, "delta");
    const choices = said["choices"] as JsonObject[];
    const empty = choices.length > 0 && choices.every((one) => one["text"] === "" && one["finish_reason"] === null);
    if (!empty) text += `data: ${JSON.stringify(said)}\n\n`;
  }
  return UTF8.encode(text);
}

function invalid(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param: "prompt" });
}
