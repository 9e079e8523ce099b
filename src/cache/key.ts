/**
 * Keys of the cache. The exact key is a hash of all that shapes an answer: two requests with one key would get the same
 * answer, streamed or not, from whichever dialect. The context hash leaves out the last user text: only inside one
 * context are questions compared by meaning.
 */
import { createHash } from "node:crypto";
import type { Principal } from "../canonical/call.ts";
import type { ChatRequest, Json, JsonObject, Message, Part } from "../canonical/chat.ts";

/** Part of every key: entries of another layout never match. */
const KEY_VERSION = 1;
/** Names the caller or the transport, not the answer. */
const NOT_PART: ReadonlySet<string> = new Set([
  "stream",
  "stream_options",
  "user",
  "metadata",
  "safety_identifier",
  "prompt_cache_key",
]);

export type CacheScope = "key" | "team" | "customer";

/** Who shares a cache. A principal without team or customer shares with nobody. */
export function partitionOf(
  principal: Pick<Principal, "kind" | "id" | "team" | "customer">,
  scope: CacheScope,
): string {
  const shared = scope === "key" ? undefined : principal[scope];
  return canonicalJson(shared === undefined ? ["key", principal.kind, principal.id] : [scope, shared]);
}

/** 64 hexadecimal digits. `model` is the public name that the call asked for. */
export function exactKey(partition: string, model: string, request: ChatRequest): string {
  return digest(["exact", partition, model, meaningOf(request)]);
}

/** The exact key of a call that is no chat (embeddings), from its JSON body. 64 hexadecimal digits. */
export function exactBodyKey(partition: string, model: string, operation: string, body: JsonObject): string {
  const { model: _, ...rest } = body;
  return digest(["exact", partition, model, operation, without(rest)]);
}

/** Everything but the last user text, which must be the whole last message. 64 hexadecimal digits. */
export function contextHash(partition: string, model: string, request: ChatRequest): string {
  const meaning = meaningOf(request);
  const messages = meaning["messages"] as Json[];
  const last = messages.at(-1) as JsonObject;
  return digest([
    "context",
    partition,
    model,
    { ...meaning, messages: [...messages.slice(0, -1), { ...last, content: null }] },
  ]);
}

/** The request without what does not shape its answer, and in one spelling where dialects have several. */
function meaningOf(request: ChatRequest): JsonObject {
  const {
    dialect,
    model: _model,
    stream: _stream,
    user: _user,
    metadata: _metadata,
    includeUsage: _usage,
    spelling: _spelling,
    extra,
    messages,
    tools,
    n,
    responseFormat,
    modalities,
    ...rest
  } = request;
  const own = extra && without(extra);
  return {
    ...(rest as unknown as JsonObject),
    messages: messages.map((message) => messageMeaning(message, dialect)),
    ...(tools?.length && { tools: tools.map(({ cache: _cache, ...tool }) => tool) as unknown as Json }),
    ...(n !== undefined && n !== 1 && { n }),
    ...(responseFormat && responseFormat.type !== "text" && { responseFormat: responseFormat as unknown as Json }),
    ...(modalities && modalities.join() !== "text" && { modalities }),
    // A field without canonical name means what its own dialect says it means.
    ...(own && Object.keys(own).length > 0 && { extra: { [dialect]: own } }),
  };
}

function messageMeaning({ content, extra, ...message }: Message, dialect: string): JsonObject {
  const parts: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return {
    ...(message as unknown as JsonObject),
    content: parts.map((part) => partMeaning(part, dialect)),
    ...(extra && Object.keys(extra).length > 0 && { extra: { [dialect]: extra } }),
  };
}

/** Prompt-cache markers change the price of an answer, not the answer. */
function partMeaning({ cache: _cache, extra, ...part }: Part, dialect: string): Json {
  const own = extra && Object.keys(extra).length > 0 ? { extra: { [dialect]: extra } } : {};
  if (part.type === "tool-result" && typeof part.content !== "string")
    return { ...part, content: part.content.map((inner) => partMeaning(inner, dialect)), ...own } as unknown as Json;
  return { ...part, ...own } as unknown as Json;
}

function without(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !NOT_PART.has(name)));
}

function digest(value: Json): string {
  return createHash("sha256")
    .update(canonicalJson([KEY_VERSION, value]))
    .digest("hex");
}

/** JSON with sorted keys and without absent fields: one text for one value. */
function canonicalJson(value: Json | undefined): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const fields = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${fields.join(",")}}`;
}
