/** One call on its way through the gateway: what arrived, who sent it, what it asks for. */
import type { ChatRequest, JsonObject } from "./chat.ts";
import type { CallRecord } from "./record.ts";

export type Operation = "chat" | "embed" | "image" | "speech" | "transcribe" | "moderate" | "rerank" | "count";

/** The few facts of a body that the gateway needs without translating it. */
export interface RequestFacts {
  /** The public model name, or `provider/model`, as the client sent it. */
  model: string;
  stream: boolean;
  maxOutputTokens?: number;
  /** Number of choices; multiplies the output. */
  choices: number;
  /** End user as the body names it. */
  user?: string;
  /** OpenAI: whether the client asked to see usage in the stream. */
  wantsUsage: boolean;
  /** Fields of the request that the dialect's answers repeat (OpenAI Responses). */
  echo?: JsonObject;
}

/** The client's `x-evergate-*` wishes (INTERFACE §3), validated. */
export interface CallOptions {
  cache?: "off" | "refresh" | "only";
  fallback: boolean;
  continuation?: "off" | "resume";
  timeoutMs?: number;
  user?: string;
  session?: string;
  tags?: Readonly<Record<string, string>>;
  explain: boolean;
  idempotencyKey?: string;
}

/** What HTTP hands to the pipeline. Nothing of the body has been read yet. */
export interface Incoming {
  operation: Operation;
  /** Ingress dialect, and so the shape of every answer and error. */
  dialect: string;
  /** The route's path, for the record. */
  path: string;
  requestId: string;
  /** The virtual key as sent, if any. Never logged. */
  credential?: string;
  /** The socket's address; a forwarded one only behind a trusted proxy. */
  remoteAddress: string;
  options(): CallOptions;
  /** Headers which may go upstream (INTERFACE §2), lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Reads, bounds and checks the body; throws GatewayError. */
  read(): Promise<ReceivedBody>;
  /** Aborted when the client hangs up. */
  signal: AbortSignal;
  /** Set on calls the gateway makes itself: who makes them (`cache-judge`). Never set by HTTP. */
  origin?: string;
  /** Set by the pipeline's first step; HTTP reads attempts, provider and cost from it for its headers. */
  record?: CallRecord;
}

export interface ReceivedBody {
  /** As received; a same-dialect upstream gets these bytes but for the edits. */
  bytes: Uint8Array;
  /** Of a form with files: its fields. */
  json: JsonObject;
  /** Of `bytes`, where they are a form; absent for JSON. */
  contentType?: string;
  facts: RequestFacts;
  /** The canonical form, parsed on first use and then kept. */
  chat(): ChatRequest;
}

/** Who calls. An anonymous principal exists where no key is required. */
export interface Principal {
  kind: "key" | "anonymous" | "internal";
  /** Stable identity: partitions caches, idempotency and stored responses. */
  id: string;
  name: string;
  team?: string;
  customer?: string;
  tags?: Readonly<Record<string, string>>;
  /** Whether the key's `models` and `providers` lists allow this public model or this `provider/model` target. */
  allows(what: { model: string } | { provider: string; model: string }): boolean;
}

export interface Call {
  id: string;
  operation: Operation;
  dialect: string;
  principal: Principal;
  /** End user, from `x-evergate-user` or the body's `user`. */
  user?: string;
  /** Public model name or `provider/model`; known to exist and allowed for the principal. */
  model: string;
  body: ReceivedBody;
  options: CallOptions;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  record: CallRecord;
  /** Set on calls the gateway makes itself (judge, evals): they skip semantic cache and evals. */
  origin?: string;
}
