/**
 * Identical calls in flight make one upstream call: the first leads, the others read its reply from the start. A call
 * whose leader failed twice goes its own way, so that an outage is not waited for in a queue.
 */
import type { Call } from "../canonical/call.ts";
import type { Clock } from "../canonical/deps.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import { clientClosed, type Flight, takeOff } from "../canonical/single-flight.ts";

export interface Flights {
  /** `onJoin`: this call reads the reply of another one. */
  share(key: string, call: Call, produce: () => Promise<Reply>, onJoin: () => void): Promise<Reply>;
}

const MAX_LEADERS = 2;

export function createFlights(clock: Clock): Flights {
  const flights = new Map<string, Flight>();

  const lead = (key: string, call: Call, produce: () => Promise<Reply>): Flight => {
    const flight = takeOff(call, produce);
    const forget = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flights.set(key, flight);
    flight.started.then(({ ended }) => ended.then(forget), forget);
    return flight;
  };

  return {
    async share(key, call, produce, onJoin) {
      const client = call.signal;
      for (let leaders = 0; leaders < MAX_LEADERS; leaders++) {
        const running = flights.get(key);
        const flight = running ?? lead(key, call, produce);
        const leads = flight.leader === call.record;
        const shared = await flight.wait(client).catch((error: unknown) => {
          if (leads || client.aborted) throw error;
          return undefined;
        });
        const reply = shared?.join();
        if (!reply && leads) throw clientClosed();
        if (!reply) continue;
        if (leads) return reply;
        call.record.answeredBy = flight.leader.answeredBy;
        call.record.warnings = [...flight.leader.warnings];
        call.record.firstContentMs ??= clock.monotonic() - call.record.startedAt;
        onJoin();
        return withoutCost(reply);
      }
      return produce();
    },
  };
}

/** What the answer cost was paid by the call that leads. */
function withoutCost(reply: Reply): Reply {
  const source = reply.pieces;
  const pieces: AsyncIterator<Piece, undefined> = {
    async next() {
      const result = await source.next();
      if (result.done || result.value.costNanoUsd === undefined) return result;
      // Getters stay: events are made on demand.
      const fields = Object.getOwnPropertyDescriptors(result.value);
      const value: Piece = Object.defineProperties({} as Piece, {
        ...fields,
        costNanoUsd: { value: 0, enumerable: true },
      });
      return { done: false, value };
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  };
  return { ...reply, pieces };
}
