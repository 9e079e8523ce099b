import type { Call } from "../canonical/call.ts";

/** What a call will use up of a key's quota, as far as that can be said beforehand. */
export interface Demand {
  inputTokens: number;
  outputTokens: number;
}

/** Output expected of a call that sets no cap, and of one that sets a high one. */
const EXPECTED_OUTPUT_TOKENS = 500;
const BYTES_PER_TOKEN = 4;

export function demandOf({ body }: Pick<Call, "body">): Demand {
  return {
    // The bytes of a form are those of a file.
    inputTokens: body.contentType !== undefined ? 0 : Math.ceil(body.bytes.byteLength / BYTES_PER_TOKEN),
    outputTokens: Math.min(body.facts.maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS, EXPECTED_OUTPUT_TOKENS),
  };
}
