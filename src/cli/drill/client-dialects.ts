/** How the drill's client asks and reads in each ingress dialect. */
import type { Heard, Question } from "./client.ts";

export type ClientDialect = "openai-chat" | "anthropic-messages";

/** What was read from one answer. */
export interface Transcript {
  text: string;
  tools: { id: string; name: string; arguments: string }[];
  finish?: string;
  /** The end mark of the dialect came; always true for a whole answer. */
  terminated: boolean;
  error?: { code: string; message: string };
  /** As the body names it. */
  model?: string;
  usage?: { input: number; output: number };
  /** Every id that named this answer. */
  ids: string[];
  /** A comment told that the stream goes on elsewhere. */
  seam?: string;
}

interface Way {
  path: string;
  body(question: Question): Json;
  /** Takes in frame by frame. */
  reader(transcript: Transcript): (frame: string) => void;
  whole(body: Json): Transcript;
}

type Json = Record<string, unknown>;

export const SYSTEM_PROMPT = "You are the drill's assistant; the watchword is lantern-7342.";
const TOOL_NAME = "get_weather";
const QUESTION = "What do the keepers do in winter?";
const TOOL_QUESTION = `Please call the tool ${TOOL_NAME} for Zürich.`;
const TOOL_RESULT = "12 degrees, fog";
const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const MAX_TOKENS = 1_000;

const openaiChat: Way = {
  path: "/v1/chat/completions",
  body: ({ stream, tools, after }) => ({
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
    ...(tools && {
      tools: [{ type: "function", function: { name: TOOL_NAME, description: "Weather now", parameters: PARAMETERS } }],
    }),
    messages: [
      ...(tools ? [{ role: "system", content: SYSTEM_PROMPT }] : []),
      { role: "user", content: tools ? TOOL_QUESTION : QUESTION },
      ...(after ? openaiTurn(after) : []),
    ],
  }),
  reader: (transcript) => (frame) => {
    if (frame.startsWith(": failover")) transcript.seam = frame.slice(2);
    const data = dataOf(frame);
    if (data === "[DONE]") transcript.terminated = true;
    else if (data !== undefined) readOpenaiChunk(JSON.parse(data), transcript);
  },
  whole(body) {
    const transcript: Transcript = { text: "", tools: [], terminated: true, ids: [] };
    readOpenaiChunk(body, transcript);
    return transcript;
  },
};

function openaiTurn({ tools }: Heard): Json[] {
  return [
    {
      role: "assistant",
      content: null,
      tool_calls: tools.map(({ id, name, arguments: json }) => ({
        id,
        type: "function",
        function: { name, arguments: json },
      })),
    },
    ...tools.map(({ id }) => ({ role: "tool", tool_call_id: id, content: TOOL_RESULT })),
  ];
}

interface OpenaiChunk {
  id?: string;
  model?: string;
  error?: { code?: string; type?: string; message: string };
  choices?: { delta?: OpenaiMessage; message?: OpenaiMessage; finish_reason?: string | null }[];
  usage?: { prompt_tokens: number; completion_tokens: number } | null;
}

interface OpenaiMessage {
  content?: string | null;
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[];
}

function readOpenaiChunk(chunk: OpenaiChunk, transcript: Transcript): void {
  const { error, id, model, usage } = chunk;
  if (error) {
    transcript.error = { code: error.code ?? error.type ?? "", message: error.message };
    return;
  }
  note(transcript, id, model);
  if (usage) transcript.usage = { input: usage.prompt_tokens, output: usage.completion_tokens };
  const [choice] = chunk.choices ?? [];
  const said = choice?.delta ?? choice?.message;
  transcript.text += said?.content ?? "";
  for (const [position, part] of (said?.tool_calls ?? []).entries()) {
    const place = part.index ?? position;
    transcript.tools[place] ??= { id: "", name: "", arguments: "" };
    const call = transcript.tools[place];
    call.id += part.id ?? "";
    call.name += part.function?.name ?? "";
    call.arguments += part.function?.arguments ?? "";
  }
  if (choice?.finish_reason) transcript.finish = choice.finish_reason;
}

const anthropicMessages: Way = {
  path: "/v1/messages",
  body: ({ stream, tools, after }) => ({
    stream,
    max_tokens: MAX_TOKENS,
    ...(tools && {
      system: SYSTEM_PROMPT,
      tools: [{ name: TOOL_NAME, description: "Weather now", input_schema: PARAMETERS }],
    }),
    messages: [{ role: "user", content: tools ? TOOL_QUESTION : QUESTION }, ...(after ? anthropicTurn(after) : [])],
  }),
  reader: (transcript) => (frame) => {
    if (frame.startsWith(": failover")) transcript.seam = frame.slice(2);
    const data = dataOf(frame);
    if (data !== undefined) readAnthropicEvent(JSON.parse(data), transcript);
  },
  whole(body) {
    const transcript: Transcript = { text: "", tools: [], terminated: true, ids: [] };
    if (body["type"] === "error") readAnthropicEvent(body as unknown as AnthropicEvent, transcript);
    else readAnthropicMessage(body as unknown as AnthropicMessage, transcript);
    return transcript;
  },
};

function anthropicTurn({ tools }: Heard): Json[] {
  return [
    {
      role: "assistant",
      content: tools.map(({ id, name, arguments: json }) => ({ type: "tool_use", id, name, input: JSON.parse(json) })),
    },
    { role: "user", content: tools.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: TOOL_RESULT })) },
  ];
}

interface AnthropicBlock {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: unknown;
}

interface AnthropicMessage {
  id: string;
  model: string;
  content: AnthropicBlock[];
  stop_reason: string | null;
  usage?: { input_tokens: number; output_tokens: number };
}

interface AnthropicEvent {
  type: string;
  message?: AnthropicMessage;
  content_block?: AnthropicBlock;
  delta?: { text?: string; partial_json?: string; stop_reason?: string | null };
  usage?: { input_tokens?: number; output_tokens: number };
  error?: { type: string; message: string };
}

function readAnthropicMessage(message: AnthropicMessage, transcript: Transcript): void {
  note(transcript, message.id, message.model);
  for (const { type, text, id = "", name = "", input } of message.content) {
    if (type === "text") transcript.text += text ?? "";
    if (type === "tool_use") transcript.tools.push({ id, name, arguments: JSON.stringify(input) });
  }
  if (message.stop_reason) transcript.finish = message.stop_reason;
  const { usage } = message;
  if (usage) transcript.usage = { input: usage.input_tokens, output: usage.output_tokens };
}

function readAnthropicEvent(event: AnthropicEvent, transcript: Transcript): void {
  const { type, message, content_block: block, delta, usage, error } = event;
  if (error) transcript.error = { code: error.type, message: error.message };
  if (message) readAnthropicMessage(message, transcript);
  if (block?.type === "tool_use") transcript.tools.push({ id: block.id ?? "", name: block.name ?? "", arguments: "" });
  if (block?.type === "text") transcript.text += block.text ?? "";
  transcript.text += delta?.text ?? "";
  const call = transcript.tools.at(-1);
  if (call && delta?.partial_json) call.arguments += delta.partial_json;
  if (delta?.stop_reason) transcript.finish = delta.stop_reason;
  if (usage && type === "message_delta")
    transcript.usage = { input: usage.input_tokens ?? transcript.usage?.input ?? 0, output: usage.output_tokens };
  if (type === "message_stop") transcript.terminated = true;
}

function note(transcript: Transcript, id: string | undefined, model: string | undefined): void {
  if (id && !transcript.ids.includes(id)) transcript.ids.push(id);
  if (model) transcript.model = model;
}

/** The data of a frame; comments have none. */
function dataOf(frame: string): string | undefined {
  const lines = frame.split("\n").filter((line) => line.startsWith("data:"));
  return lines.length === 0 ? undefined : lines.map((line) => line.replace(/^data: ?/, "")).join("\n");
}

export const CLIENT_DIALECTS: Readonly<Record<ClientDialect, Way>> = {
  "openai-chat": openaiChat,
  "anthropic-messages": anthropicMessages,
};
