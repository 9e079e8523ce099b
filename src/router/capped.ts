/** A budget near its edge gives a call fewer output tokens than its client asked for: named, as all that is not honoured. */
import type { Call } from "../canonical/call.ts";

/** Where clients write their cap; in the others it is `max_tokens`. */
const FIELDS: Readonly<Record<string, string>> = {
  "openai-responses": "max_output_tokens",
  gemini: "generationConfig.maxOutputTokens",
};

/** The client's own field that `maxOutputTokens` undercuts; undefined where the client has set no cap or it holds. */
export function cappedField({ body, dialect }: Call, maxOutputTokens: number | undefined): string | undefined {
  const asked = body.facts.maxOutputTokens;
  if (maxOutputTokens === undefined || asked === undefined || maxOutputTokens >= asked) return undefined;
  if (body.json["max_completion_tokens"] != null) return "max_completion_tokens";
  return FIELDS[dialect] ?? "max_tokens";
}
