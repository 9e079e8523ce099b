/**
 * Encrypted reasoning opens only for the account that made it, and the keys of one pool may belong to several. What is
 * refused for reasoning of another account is sent again without it: a lost thought is better than a lost conversation.
 */
import type { Call } from "../canonical/call.ts";
import { withoutSealedReasoning } from "../dialects/openai-responses/without-sealed-reasoning.ts";
import { type AttemptContext, type AttemptResult, attempt } from "./attempt.ts";
import type { Choice } from "./selection.ts";

/** OpenAI's and Azure's word for it. */
const NOT_OPENED = "invalid_encrypted_content";

/** @param maxAttempts of the whole call */
export async function attemptUnsealed(
  call: Call,
  choice: Choice,
  context: AttemptContext,
  maxAttempts: number,
  beatenBy?: AbortSignal,
): Promise<AttemptResult> {
  const race = beatenBy && { beatenBy };
  const result = await attempt(call, choice, context, race);
  const notOpened = result.kind === "failure" && result.failure.upstreamCode === NOT_OPENED;
  if (!notOpened || call.record.attempts.length >= maxAttempts || call.signal.aborted) return result;
  const override = { request: withoutSealedReasoning(call.body.chat()) };
  // Not as a retry: the shared budget of those is for what may fail again.
  return attempt(call, { ...choice, probe: false }, context, { ...race, override });
}
