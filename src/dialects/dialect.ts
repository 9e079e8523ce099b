/**
 * A dialect is one wire format in both directions: it reads requests and writes replies for clients, writes requests
 * and reads replies for upstreams. Everything else in the gateway knows only the canonical form. Laws: DESIGN §3,
 * held by test/dialects/laws.test.ts for every dialect in `index.ts`.
 */
import type { RequestFacts } from "../canonical/call.ts";
import type { ChatRequest, JsonObject } from "../canonical/chat.ts";
import type { Failure, GatewayError } from "../canonical/errors.ts";
import type { Answer, ReplyEvent } from "../canonical/events.ts";
import type { AttemptRecord } from "../canonical/record.ts";
import type { EventReader, Piece } from "../canonical/reply.ts";
import type { Edit } from "./splice.ts";

/**
 * What a target is like, as far as it changes the body. Vendors are rows of these (providers/vendors.ts); a dialect
 * only reads those that concern it.
 */
export interface TargetTraits {
  /** Name of the model at the provider, as it goes into the body or path. */
  model: string;
  /** The provider type: `openai`, `groq` … for vendor quirks that are not worth a trait. */
  vendor: string;
  /** Which of OpenAI's spellings the target takes; `either` leaves the client's. */
  maxTokensField?: "max_tokens" | "max_completion_tokens" | "either";
  /** False: `stream_options` is refused by the target. */
  streamOptions?: boolean;
  /** False: `developer` messages must become `system`. */
  developerRole?: boolean;
  /** False: images must be inlined, the target takes no URL. */
  imageUrls?: boolean;
  /** Top-level request fields the target refuses: deleted, each with a warning. */
  refuses?: readonly string[];
  /** Tool-call ids must match this form (Mistral: 9 alphanumerics). */
  toolCallIds?: "any" | "mistral";
  /** Where the target reads and writes reasoning text in chat messages. */
  reasoningField?: "reasoning_content" | "reasoning" | "none";
  /** Output cap written when a dialect requires one and the client gave none (Anthropic). */
  defaultMaxOutputTokens?: number;
  /** Made last to every body, whichever way it was written: what a host wants otherwise than the dialect's own maker. */
  bodyEdits?: readonly Edit[];
}

/** What the gateway needs changed in a body for one attempt. */
export interface BodyChanges {
  traits: TargetTraits;
  stream: boolean;
  /** Cap to write instead of the client's; absent leaves it. */
  maxOutputTokens?: number;
}

export interface FormattedRequest {
  body: JsonObject;
  /** The client's field names (of the request's own dialect) that the target cannot honour. */
  warnings: string[];
}

/** Cuts a byte stream into pieces of whole frames and marks them, parsing as little JSON as it can. */
export interface FrameReader {
  push(chunk: Uint8Array): Piece[];
  /** The stream's end: what is left, and an `error` piece (class truncated) when no finish has been seen. */
  end(): Piece[];
}

export interface WriterOptions {
  /** The client asked for usage in the stream (OpenAI). */
  includeUsage: boolean;
  /** Cost of a usage event, shown as `usage.cost_usd` on OpenAI streams: decimal string without exponent, or null. */
  costUsd?: () => string | null;
  requestId: string;
  /** Used when the upstream gave no id or time. */
  createdSeconds: number;
  /** RequestFacts.echo of the client's request. */
  echo?: JsonObject;
}

/** Writes events as frames of a stream. Stateful: one writer a stream. */
export interface FrameWriter {
  write(events: readonly ReplyEvent[]): Uint8Array;
  /** Terminates a stream that ended well (`[DONE]`, `message_stop`). */
  end(): Uint8Array;
  /**
   * Takes up a half-sent stream: the pieces already sent to the client as bytes, so that id, open blocks and
   * numbering go on. Called at most once, before the first `write`.
   */
  resume(sent: readonly Piece[]): void;
}

/** An error as it is shown to clients. */
export interface ErrorView {
  error: GatewayError;
  requestId: string;
  attempts: readonly AttemptRecord[];
  /** The first and the last bytes that went out of a stream which ends with this error. */
  sent?: { first: Uint8Array; last: Uint8Array };
}

export interface Dialect {
  readonly name: string;
  /** `content-type` of a streamed reply. */
  readonly streamContentType: string;
  /** Whether SSE comments may be written into its streams (Gemini's SDKs break on them). */
  readonly allowsComments: boolean;

  // --- requests
  /** Checks what the contract makes the gateway's own 400 (`param` set) and returns the facts. `path` facts come from the URL where the dialect puts model or streaming there. */
  inspect(body: JsonObject, path?: { model?: string; stream?: boolean }): RequestFacts;
  /** Throws GatewayError("invalid_request") with `param`. `path` as above. */
  parseRequest(body: JsonObject, path?: { model?: string; stream?: boolean }): ChatRequest;
  formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest;
  /**
   * The edits that turn the client's own bytes into what this target takes, or undefined when edits cannot express
   * it and the body has to go through the canonical form (foreign signature or id in the history).
   */
  edits(body: JsonObject, changes: BodyChanges): { edits: Edit[]; warnings: string[] } | undefined;
  /** Path below the provider's base URL, query included. */
  requestPath(model: string, stream: boolean): string;

  // --- replies
  /** Throws Failure-carrying MalformedReply when the body is no answer (`error` inside a 200, HTML, empty). */
  parseReply(body: unknown): Answer;
  formatReply(answer: Answer, options: WriterOptions): JsonObject;
  frameReader(): FrameReader;
  /** Events of the pieces of one reply in this dialect, in order. */
  eventReader(): EventReader;
  frameWriter(options: WriterOptions): FrameWriter;
  /** Rewrites a same-dialect piece for the client (hide usage it did not ask for, add cost); undefined drops it. */
  adaptPiece?(piece: Piece, options: WriterOptions): Piece | undefined;

  // --- errors
  /** Classifies an upstream's error answer. `body` is its text, possibly HTML or empty. */
  parseError(status: number, headers: Headers, body: string): Failure;
  /** Body of an error answer before the reply has begun. */
  formatError(view: ErrorView): JsonObject;
  /** The dialect's own terminal error in a stream that has begun. Never a clean end. */
  formatStreamError(view: ErrorView): Uint8Array;
}

/** Thrown by `parseReply`: a 200 that is no answer. */
export class MalformedReply extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "MalformedReply";
    this.failure = failure;
  }
}
