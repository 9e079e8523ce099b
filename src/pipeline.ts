/** The hot path. Every call, in every dialect and operation, is exactly these steps. */
import type { Call, Incoming } from "./canonical/call.ts";
import { admit, type Policy } from "./canonical/policy.ts";
import type { CallRecord } from "./canonical/record.ts";
import { failed, type Reply, settleOnEnd } from "./canonical/reply.ts";

export interface Stages {
  /** Opens the record: from here on every end is recorded. */
  observe(incoming: Incoming): CallRecord;
  /** Key -> principal, body -> facts, model name -> route. Throws GatewayError. */
  identify(incoming: Incoming, record: CallRecord): Promise<Call>;
  policies: readonly Policy[];
  /** Joins a running or kept answer for the same `Idempotency-Key`; otherwise produces it. */
  share(call: Call, produce: () => Promise<Reply>): Promise<Reply>;
  cache: {
    find(call: Call): Promise<Reply | undefined>;
    keep(call: Call, reply: Reply): Reply;
  };
  router: { send(call: Call): Promise<Reply> };
}

export async function serve(stages: Stages, incoming: Incoming): Promise<Reply> {
  const record = stages.observe(incoming);
  try {
    const call = await stages.identify(incoming, record);
    const settle = admit(stages.policies, call);
    try {
      const reply = await stages.share(
        call,
        async () => (await stages.cache.find(call)) ?? stages.cache.keep(call, await stages.router.send(call)),
      );
      return settleOnEnd(reply, settle, record);
    } catch (error) {
      settle(failed(error));
      throw error;
    }
  } catch (error) {
    record.close(failed(error));
    throw error;
  }
}
