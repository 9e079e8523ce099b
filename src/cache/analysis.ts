import type { ChatRequest } from "../canonical/chat.ts";
import { canonicalKey } from "./canonical-key.ts";
import { eligibleRequest } from "./eligibility.ts";
import { contextHash } from "./key.ts";
import type { Lexicon } from "./lexicon/lexicon.ts";
import { parseQuestion, type Question } from "./parse.ts";

/** A request as it is compared by meaning. */
export interface Analysis {
  text: string;
  question: Question;
  /** Hash of everything but the last user text. */
  context: string;
  canonical: string;
}

export function analyse(
  request: ChatRequest,
  where: { partition: string; model: string; maxTemperature: number },
  lexicon: Lexicon,
): Analysis | { reason: string } {
  const { partition, model, maxTemperature } = where;
  const found = eligibleRequest(request, { maxTemperature });
  if (!found.eligible) return { reason: found.reason };
  const { text } = found;
  const question = parseQuestion(text, lexicon);
  const context = contextHash(partition, model, request);
  return { text, question, context, canonical: canonicalKey(context, question) };
}
