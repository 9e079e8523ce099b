/**
 * Which targets have the endpoint of legacy completions. Servers that call themselves compatible may lack it, and some
 * models are for chat alone: what has refused it once is asked by chat from then on.
 */
import type { Call } from "../canonical/call.ts";
import { openaiCompletions } from "../dialects/openai-completions/openai-completions.ts";
import type { AttemptResult } from "./attempt.ts";
import type { Choice } from "./selection.ts";

export interface LegacyCompletions {
  /** The attempt by the endpoint, and where there is none by chat. */
  attempt(call: Call, choice: Choice, send: (choice: Choice) => Promise<AttemptResult>): Promise<AttemptResult>;
}

/** Targets remembered; more than a configuration has. */
const MAX_REMEMBERED = 10_000;

export function createLegacyCompletions(maxAttempts: number): LegacyCompletions {
  const refused = new Set<string>();
  const byEndpoint: LegacyCompletions["attempt"] = async (call, choice, send) => {
    const result = await send(choice);
    const lacks = result.kind === "failure" && result.failure.class === "unsupported";
    if (!lacks || call.record.attempts.length >= maxAttempts || call.signal.aborted) return result;
    if (refused.size >= MAX_REMEMBERED) refused.clear();
    refused.add(choice.candidate.target.name);
    return send({ ...byChat(choice), kind: "retry", probe: false });
  };
  return {
    // Nearly every call is none of these, and waits for no promise more.
    attempt(call, choice, send) {
      const { dialect, target } = choice.candidate;
      if (dialect.name !== openaiCompletions.name) return send(choice);
      return refused.has(target.name) ? send(byChat(choice)) : byEndpoint(call, choice, send);
    },
  };
}

/** The same target in the dialect of its chat. */
export function byChat(choice: Choice): Choice {
  const { candidate } = choice;
  const { provider, target, dialect } = candidate;
  if (dialect.name !== openaiCompletions.name) return choice;
  const chat = provider.dialectFor("chat", target.model);
  return chat ? { ...choice, candidate: { ...candidate, dialect: chat } } : choice;
}
