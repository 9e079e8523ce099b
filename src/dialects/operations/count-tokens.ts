/**
 * Counting the tokens of a request: Anthropic's /v1/messages/count_tokens and Gemini's :countTokens. Only a provider of
 * the client's own dialect counts exactly, for each maker has a tokenizer of its own.
 */
import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { pathSegments } from "../path-segment.ts";
import { malformed, operationWires, type SameForm } from "./operation.ts";
import { invalid, modelFacts } from "./passing.ts";
import { count, isObject } from "./read.ts";

interface CountForm extends SameForm {
  requestPath(model: string): string;
  formatCount(tokens: number): JsonObject;
}

/** Counting is free of charge at both. */
const FREE = { usage: { ...NO_USAGE } };

const FORMS: readonly CountForm[] = [
  {
    dialect: "anthropic-messages",
    requestPath: () => "/v1/messages/count_tokens",
    edits: ({ model }, traits) => ({
      edits: model === traits.model ? [] : [{ op: "set", path: ["model"], value: traits.model }],
      warnings: [],
    }),
    inspectReply(reply) {
      if (count(reply["input_tokens"]) === undefined) throw malformed("count");
      return FREE;
    },
    formatCount: (tokens) => ({ input_tokens: tokens }),
  },
  {
    dialect: "gemini",
    requestPath: (model) =>
      `/v1beta/${pathSegments(model.startsWith("models/") ? model : `models/${model}`)}:countTokens`,
    // The whole request of a generation may be wrapped in it, and names its model then.
    edits: ({ generateContentRequest: inner }, { model }) => ({
      edits:
        isObject(inner) && inner["model"] !== undefined
          ? [{ op: "set", path: ["generateContentRequest", "model"], value: `models/${model}` }]
          : [],
      warnings: [],
    }),
    inspectReply(reply) {
      if (count(reply["totalTokens"]) === undefined) throw malformed("count");
      return FREE;
    },
    formatCount: (tokens) => ({ totalTokens: tokens }),
  },
];

export const countTokens = operationWires({ clients: [], upstreams: [], same: FORMS });

/** The answer to a client of this dialect, made here. */
export function formatCount(dialect: string, tokens: number): JsonObject | undefined {
  return FORMS.find((form) => form.dialect === dialect)?.formatCount(tokens);
}

/** `model` is in the URL of Gemini's. */
export function inspectCount(body: JsonObject, path: { model?: string } | undefined): RequestFacts {
  if (path?.model === undefined) {
    const { messages } = body;
    if (!Array.isArray(messages) || messages.length === 0)
      throw invalid("messages", "messages: must be a non-empty list");
    return modelFacts(body);
  }
  const { contents, generateContentRequest } = body;
  if (!isObject(generateContentRequest) && (!Array.isArray(contents) || contents.length === 0))
    throw invalid("contents", "contents: must be a non-empty list.");
  return modelFacts({ model: path.model });
}
