/** Stored responses of one process: kept sealed in the store, deleted when their time is over. */
import type { Deps } from "../canonical/deps.ts";
import { createConversations } from "../conversations/conversations.ts";
import type { Store } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import type { Seal } from "../store/seal.ts";

export function openStoredResponses({ responses }: Pick<Store, "responses">, deps: Deps & { seal: Seal }) {
  const { clock, log, seal } = deps;
  // Each row names the moment of its own end.
  const stop = startRetention({ port: responses, keepDays: 0, clock, log });
  return { conversations: createConversations(responses, seal, { clock, log }), stop };
}
