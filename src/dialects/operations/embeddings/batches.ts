/**
 * How much one call may hold. A client's call with more is sent as several, and their answers are joined in order. The
 * limits are the vendors' own, as of November 2026; where one is not known, the server judges.
 */
import type { JsonObject } from "../../../canonical/chat.ts";
import { tokensAtMost } from "../../../canonical/text-bound.ts";
import type { TargetTraits } from "../../dialect.ts";
import type { OperationWire, PreparedOperation } from "../operation.ts";
import { takesOne } from "./vertex.ts";

/** Inputs of one call of a client: what no vendor's own limit keeps within bounds. */
export const MAX_INPUTS = 16_384;

interface BatchLimit {
  inputs: number;
  /** Of all inputs together; counted here from above. */
  tokens?: number;
}

/** How the calls of one dialect's clients are cut and joined. */
export interface BatchForm {
  /** Undefined for a call for a single vector. */
  items(body: JsonObject): readonly unknown[] | undefined;
  withItems(body: JsonObject, items: readonly unknown[]): JsonObject;
  /** The answers to the parts, in the client's form, as one. */
  join(replies: readonly JsonObject[]): JsonObject;
}

const encoder = new TextEncoder();

export function batched(wire: OperationWire, form: BatchForm): OperationWire {
  return {
    prepare(body, traits) {
      const items = form.items(body.json);
      const groups = items && grouped(items, limitOf(traits));
      if (!groups || groups.length < 2) return wire.prepare(body, traits);
      const parts = groups.map((group) => {
        const json = form.withItems(body.json, group);
        return wire.prepare({ bytes: encoder.encode(JSON.stringify(json)), json }, traits);
      });
      return { ...parts[0]!, split: { parts, join: (replies) => joined(replies, form) } } satisfies PreparedOperation;
    },
  };
}

function joined(replies: readonly Uint8Array[], form: BatchForm): Uint8Array {
  const decoder = new TextDecoder();
  return encoder.encode(
    JSON.stringify(form.join(replies.map((bytes) => JSON.parse(decoder.decode(bytes)) as JsonObject))),
  );
}

/**
 * OpenAI and Azure: API reference, "Create embeddings" · Mistral: 400 "Too many tokens in batch. Max is 16384"
 * (aurelio-labs/semantic-router#297) · Gemini: 400 "at most 100 requests can be in one batch" · Vertex AI: "Get text
 * embeddings", API limits · Cohere: API reference, "Embed", texts · Bedrock: "Cohere Embed models", texts per call;
 * Titan's `inputText` is one text.
 */
function limitOf({ vendor, model }: TargetTraits): BatchLimit | undefined {
  switch (vendor) {
    case "openai":
    case "azure-openai":
      return { inputs: 2_048, tokens: 300_000 };
    case "mistral":
      return { inputs: MAX_INPUTS, tokens: 16_384 };
    case "gemini":
      return { inputs: 100 };
    case "vertex":
      return takesOne(model) ? { inputs: 1 } : { inputs: 250, tokens: 20_000 };
    case "cohere":
      return { inputs: 96 };
    case "bedrock":
      return /cohere\.embed/.test(model) ? { inputs: 96 } : { inputs: 1 };
    default:
      return undefined;
  }
}

function grouped(items: readonly unknown[], limit: BatchLimit | undefined): unknown[][] {
  if (!limit) return [[...items]];
  const { inputs, tokens: most = Number.POSITIVE_INFINITY } = limit;
  const groups: unknown[][] = [];
  let group: unknown[] = [];
  let held = 0;
  for (const item of items) {
    const tokens = Number.isFinite(most) ? tokensOf(item) : 0;
    if (group.length > 0 && (group.length >= inputs || held + tokens > most)) {
      groups.push(group);
      group = [];
      held = 0;
    }
    group.push(item);
    held += tokens;
  }
  groups.push(group);
  return groups;
}

/** Never below what the vendor's tokenizer makes of it. */
function tokensOf(item: unknown): number {
  if (Array.isArray(item)) return item.length;
  return tokensAtMost(encoder.encode(typeof item === "string" ? item : JSON.stringify(item)));
}
