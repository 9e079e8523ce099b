/**
 * The canonical conversation: what every chat dialect is parsed into and formatted from. It is the union of what the
 * dialects can say, so that nothing a target can carry is lost on the way. A same-dialect hop does not come through
 * here: it travels as bytes.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Who made a signature or an encrypted blob: only its maker accepts it back. */
export type SignatureOrigin =
  | "anthropic"
  | "gemini"
  | "openai-responses"
  | "openai-chat"
  | "bedrock"
  | "cohere"
  | "mistral";
export interface Signature {
  origin: SignatureOrigin;
  value: string;
}

export interface CacheMarker {
  /** Life of the provider's prompt-cache entry. */
  ttl?: "5m" | "1h";
}

export type MediaSource =
  | { kind: "url"; url: string }
  | { kind: "base64"; mediaType: string; data: string }
  | { kind: "file"; id: string }
  /** A document whose content is plain text. */
  | { kind: "text"; mediaType: string; text: string };

/**
 * Fields common to all parts. `extra` holds fields of the request's own dialect that have no canonical name: other
 * dialects warn of them. `spelling` tells how the own dialect wrote what it can write in several ways: others ignore it.
 */
interface PartBase {
  cache?: CacheMarker;
  extra?: JsonObject;
  spelling?: JsonObject;
}

export interface TextPart extends PartBase {
  type: "text";
  text: string;
  citations?: Citation[];
  signature?: Signature;
}
export interface ImagePart extends PartBase {
  type: "image";
  source: MediaSource;
  detail?: string;
}
export interface AudioPart extends PartBase {
  type: "audio";
  source: MediaSource;
  /** `wav`, `mp3` … as OpenAI names it. */
  format?: string;
  /** Of generated audio. */
  id?: string;
  transcript?: string;
}
export interface DocumentPart extends PartBase {
  type: "document";
  source: MediaSource;
  filename?: string;
  title?: string;
  context?: string;
  citations?: boolean;
}
export interface ToolCallPart extends PartBase {
  type: "tool-call";
  id: string;
  name: string;
  /** The arguments as the model wrote them: JSON text, possibly incomplete when the answer was cut. Never repaired. */
  arguments: string;
  signature?: Signature;
  /** OpenAI custom tools take free text instead of JSON. */
  custom?: boolean;
  /** The group that the tool was declared in (OpenAI Responses). */
  namespace?: string;
}
export interface ToolResultPart extends PartBase {
  type: "tool-result";
  toolCallId: string;
  /** Name of the called function, where the dialect states it. */
  name?: string;
  content: string | Part[];
  isError?: boolean;
}
export interface ReasoningPart extends PartBase {
  type: "reasoning";
  text: string;
  signature?: Signature;
  /** Encrypted reasoning without visible text (Anthropic `redacted_thinking`). Bound to its maker. */
  redacted?: Signature;
}
export interface RefusalPart extends PartBase {
  type: "refusal";
  text: string;
}
/** A block only its own dialect understands (server-side tool results …): kept there, named in a warning elsewhere. */
export interface OpaquePart extends PartBase {
  type: "opaque";
  dialect: string;
  /** Short name for warnings: `server_tool_use`. */
  kind: string;
  raw: JsonObject;
}

export type Part =
  | TextPart
  | ImagePart
  | AudioPart
  | DocumentPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | OpaquePart;

export interface Citation {
  kind: "url" | "document" | "other";
  url?: string;
  title?: string;
  citedText?: string;
  /** Offsets into the answer's text (OpenAI, Gemini) or into the document (Anthropic), as `of` says. */
  start?: number;
  end?: number;
  of?: "answer" | "document";
  documentIndex?: number;
  /** The citation as its own dialect wrote it. */
  raw?: { dialect: string; value: JsonObject };
}

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

export interface Message {
  role: Role;
  /** A plain string stays a string, so that a round trip keeps the client's form. */
  content: string | Part[];
  /** OpenAI's participant name. */
  name?: string;
  extra?: JsonObject;
  spelling?: JsonObject;
}

export interface Tool {
  name: string;
  /** The group that it was declared in (OpenAI Responses): a name is unique within one. */
  namespace?: string;
  description?: string;
  /** JSON schema of the arguments; absent when the client gave none. */
  parameters?: JsonObject;
  strict?: boolean;
  /** A tool run by the provider (web search …) or a custom grammar tool: `raw` is its definition in its own dialect. */
  builtin?: { dialect: string; kind: string; raw: JsonObject };
  cache?: CacheMarker;
  extra?: JsonObject;
  spelling?: JsonObject;
}

export type ToolChoice = "auto" | "none" | "required" | { name: string } | { raw: Json };

export interface ResponseFormat {
  type: "text" | "json" | "json-schema";
  name?: string;
  description?: string;
  schema?: JsonObject;
  strict?: boolean;
}

export interface ReasoningOptions {
  /** `none` switches thinking off; `adaptive` leaves the amount to the model. */
  effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | "adaptive";
  budgetTokens?: number;
  /** Whether the client wants to see thoughts: Gemini `includeThoughts`, Anthropic `display`. */
  visible?: boolean;
}

export interface ChatRequest {
  operation: "chat";
  /** The dialect it was parsed from; owner of every `extra`. */
  dialect: string;
  model: string;
  stream: boolean;
  messages: Message[];
  tools?: Tool[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  responseFormat?: ResponseFormat;
  maxOutputTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  stop?: string[];
  /** Number of choices. */
  n?: number;
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  logprobs?: boolean;
  topLogprobs?: number;
  reasoning?: ReasoningOptions;
  /** The client wants its reasoning in a form that it can send back (OpenAI Responses). */
  encryptedReasoning?: boolean;
  /** End user, for abuse tracking at the provider. */
  user?: string;
  metadata?: JsonObject;
  serviceTier?: string;
  /** OpenAI's predicted output. */
  prediction?: Json;
  modalities?: string[];
  /** Output audio settings. */
  audio?: JsonObject;
  includeUsage?: boolean;
  /** How the own dialect spelled something that has several spellings, for an exact round trip. */
  spelling?: JsonObject;
  /** Fields of the own dialect without a canonical name. */
  extra?: JsonObject;
}

/** `unified` is what every dialect can express; `raw` is the upstream's own word. */
export interface FinishReason {
  unified: "stop" | "length" | "tool-calls" | "content-filter" | "refusal" | "pause" | "other";
  raw: string;
}
