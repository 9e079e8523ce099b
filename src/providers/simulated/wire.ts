/**
 * What one file a dialect gives to the simulated provider. It is written from the wire format by hand and shares no
 * code with `src/dialects`: an independent witness of what real providers send and accept.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { ErrorKind } from "./faults.ts";
import type { HttpRequest } from "./http1.ts";

export interface WireDialect {
  name: string;
  /** Whether a path, without its query, is this dialect's endpoint. */
  serves(path: string): boolean;
  /** The key that came, if any. */
  credential(headers: Readonly<Record<string, string>>): string | undefined;
  /** Whether one of these keys signed the request, where a key is more than a header's value. */
  isSigned?(request: HttpRequest, keys: readonly string[]): boolean;
  /** Of streams; server-sent events where absent. */
  streamContentType?: string;
  /**
   * What the request asks for, or how the real provider would refuse it. `path` with its query: where some dialects
   * put model and method.
   */
  read(
    body: JsonObject,
    headers: Readonly<Record<string, string>>,
    strict: boolean,
    path: string,
  ): WireRequest | WireRefusal;
  whole(answer: WireAnswer): JsonObject;
  stream(answer: WireAnswer, request: WireRequest): Frame[];
  error(
    kind: ErrorKind,
    detail: RefusalDetail,
  ): { status: number; body: JsonObject; headers?: Readonly<Record<string, string>> };
  /** The same error as a frame of a stream. */
  errorFrame(kind: ErrorKind): string | Uint8Array;
  /** A frame that is no JSON, where it is no server-sent event. */
  brokenFrame?: string | Uint8Array;
}

export interface WireRequest {
  model: string;
  stream: boolean;
  /** Text of the last user message. */
  lastUserText: string;
  /** Text of the results of tools, when the last message holds any. */
  toolResults: readonly string[];
  /** Words of everything that the model would read. */
  inputTokens: number;
  maxTokens?: number;
  stop: readonly string[];
  tools: readonly WireTool[];
  /** The tool that must be called, or any. */
  toolChoice: "auto" | "none" | "required" | { name: string };
  thinks: boolean;
  includeUsage: boolean;
  /** Begun answer to go on with, where the dialect allows that. */
  prefill?: string;
}

export interface WireTool {
  name: string;
  schema: JsonObject;
}

export interface RefusalDetail {
  message?: string;
  param?: string;
  model?: string;
}

export interface WireRefusal extends RefusalDetail {
  refused: ErrorKind;
}

export interface WireAnswer {
  id: string;
  model: string;
  createdSeconds: number;
  /** Tokens, spaces included: joined they are the text. */
  thinking: readonly string[];
  text: readonly string[];
  toolCalls: readonly { id: string; name: string; arguments: string }[];
  finish: "stop" | "length" | "tool-calls";
  /** The stop sequence that ended the text. */
  stopSequence?: string;
  /** The dialect's own word, instead of the one for `finish`. */
  finishWord?: string;
  inputTokens: number;
  /** Text and tool calls. */
  outputTokens: number;
  thinkingTokens: number;
}

/** A frame of a stream; what it is decides where faults strike. */
export interface Frame {
  kind: "start" | "content" | "finish" | "usage" | "done" | "other";
  /** With LF line ends; bytes where the format is binary. */
  text: string | Uint8Array;
}

export function isRefusal(read: WireRequest | WireRefusal): read is WireRefusal {
  return "refused" in read;
}
