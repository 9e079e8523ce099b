import type { Call } from "../canonical/call.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Reply } from "../canonical/reply.ts";
import { totalInput, type Usage } from "../canonical/usage.ts";
import { formatCount } from "../dialects/operations/count-tokens.ts";
import { NotOffered } from "./candidates.ts";

/**
 * Tokens as the provider counts them, where one of the client's dialect is among the targets and answers; else as they
 * are counted here, marked with the warning `estimated`.
 */
export async function counted(
  call: Call,
  exact: (call: Call) => Promise<Reply>,
  estimate: (call: Call, answerText: string) => Usage,
): Promise<Reply> {
  try {
    return await exact(call);
  } catch (error) {
    const missing =
      error instanceof GatewayError &&
      (error.code === "no_target" || error instanceof NotOffered || error.source === "upstream");
    const body = missing ? formatCount(call.dialect, totalInput(estimate(call, ""))) : undefined;
    if (!body) throw error;
    call.record.warnings.push("estimated");
    return wholeReply(call.dialect, new TextEncoder().encode(JSON.stringify(body)));
  }
}

function wholeReply(dialect: string, bytes: Uint8Array): Reply {
  let given = false;
  return {
    dialect,
    form: "whole",
    reader: () => () => [],
    pieces: {
      async next() {
        if (given) return { done: true, value: undefined };
        given = true;
        return { done: false, value: { mark: "content", bytes } };
      },
      async return() {
        given = true;
        return { done: true, value: undefined };
      },
    },
  };
}
