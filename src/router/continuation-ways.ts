/**
 * How a model is asked to go on with an answer that was cut (FIELD-NOTES §4): by a prefilled assistant turn where the
 * provider takes one, by the provider's own flag, else by an instruction. What a target refuses is remembered.
 */
import type { ChatRequest, JsonObject, Message } from "../canonical/chat.ts";
import type { Candidate } from "./candidates.ts";

export type Way = "prefill" | "prefix-flag" | "continue-flag" | "instruction";

export interface ContinuationRequest {
  request: ChatRequest;
  /** Vendor fields that have no place in the canonical form, written into the formatted body. */
  amend?(body: JsonObject): void;
  /** White space taken off the partial, which the client already has. */
  trimmed: string;
}

export interface Ways {
  /** The first way this target has not refused. */
  best(candidate: Candidate, request: ChatRequest): Way;
  /** The target refused this way with a 400; true when another is left. */
  refused(candidate: Candidate, way: Way): boolean;
}

export function createWays(): Ways {
  const refusedBy = new Map<string, Way>();
  return {
    best(candidate, request) {
      const way = nativeWay(candidate, request);
      return refusedBy.get(candidate.target.name) === way ? "instruction" : way;
    },
    refused(candidate, way) {
      if (way === "instruction") return false;
      refusedBy.set(candidate.target.name, way);
      return true;
    },
  };
}

/** Characters the model is asked to repeat, so that the seam can be found. */
const REPEATED_CHARACTERS = 60;

export function continuationRequest(original: ChatRequest, partial: string, way: Way): ContinuationRequest {
  const kept = partial.trimEnd();
  const request = (...added: Message[]): ChatRequest => ({
    ...original,
    messages: [...original.messages, ...added],
    stream: true,
  });
  switch (way) {
    case "prefill":
      return { request: request({ role: "assistant", content: kept }), trimmed: partial.slice(kept.length) };
    case "prefix-flag":
      return {
        request: request({ role: "assistant", content: kept }),
        trimmed: partial.slice(kept.length),
        amend(body) {
          const last = (body["messages"] as JsonObject[]).at(-1);
          if (last) last["prefix"] = true;
        },
      };
    case "continue-flag":
      return {
        request: request({ role: "assistant", content: kept }),
        trimmed: partial.slice(kept.length),
        amend(body) {
          body["continue_final_message"] = true;
          body["add_generation_prompt"] = false;
        },
      };
    case "instruction":
      return {
        request: request({ role: "assistant", content: kept }, { role: "user", content: instruction(kept) }),
        trimmed: "",
      };
    default:
      return way satisfies never;
  }
}

function instruction(partial: string): string {
  const tail = partial.slice(-REPEATED_CHARACTERS);
  return (
    "Your previous answer was interrupted by a technical fault and ends in the middle. Continue it from exactly where it stops: " +
    "begin by repeating its last words, which are\n" +
    `[${tail}]\n` +
    "and go straight on from there, in the same language, format and tone. No introduction, no apology, no summary, and do not start over."
  );
}

/** From Claude 4.6 on a trailing assistant turn is refused with 400 (FIELD-NOTES §4); so it is while thinking is on. */
const CLAUDE_WITH_PREFILL = /claude-(?:2|3|instant|(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8}|@|$|-v\d))/;

function nativeWay({ dialect, provider, target }: Candidate, request: ChatRequest): Way {
  if (dialect.name === "anthropic-messages" || dialect.name === "bedrock-converse") {
    const thinks = request.reasoning !== undefined && request.reasoning.effort !== "none";
    return CLAUDE_WITH_PREFILL.test(target.model) && !thinks ? "prefill" : "instruction";
  }
  if (provider.type === "mistral") return "prefix-flag";
  if (provider.type === "vllm") return "continue-flag";
  return "instruction";
}
