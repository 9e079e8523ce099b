/** How the drill's client asks and reads in each ingress dialect. */
import type { Heard } from "./client.ts";
import {
  dataOf,
  type Json,
  note,
  PARAMETERS,
  QUESTION,
  SYSTEM_PROMPT,
  TOOL_NAME,
  TOOL_QUESTION,
  TOOL_RESULT,
  type Transcript,
  type Way,
} from "./client-way.ts";
import { openaiResponses } from "./responses-client.ts";

export type ClientDialect = "openai-chat" | "openai-responses" | "anthropic-messages";

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

export const CLIENT_DIALECTS: Readonly<Record<ClientDialect, Way>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
};
