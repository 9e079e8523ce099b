/**
 * `Idempotency-Key`: a repeated call gets the answer of the first, while it is being written or for ten minutes after,
 * without a second upstream call. The scope is the principal. The work belongs to nobody's connection: it goes on as
 * long as one reader is left, and a failed leader hands over to one of those who wait.
 */
import type { Call } from "../canonical/call.ts";
import type { Clock, Log } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { CallRecord } from "../canonical/record.ts";
import type { Reply } from "../canonical/reply.ts";
import type { SharedReply } from "../canonical/share.ts";
import { clientClosed, type Flight, takeOff } from "../canonical/single-flight.ts";
import { boundaryOf, formParts } from "../dialects/operations/multipart.ts";

/** The stage of the pipeline: joins or repeats an answer, else produces it. */
export type Share = (call: Call, produce: () => Promise<Reply>) => Promise<Reply>;

/** How long a finished answer is repeated (INTERFACE §3). */
export const REPEAT_MS = 600_000;
/** Answers kept in memory; past either bound the oldest finished ones go first. */
const MAX_KEPT_ANSWERS = 10_000;
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

/** Answers that outlive the process. */
export interface KeptAnswers {
  get(id: string): Promise<KeptAnswer | null>;
  put(id: string, answer: KeptAnswer): Promise<void>;
}

export interface KeptAnswer {
  /** SHA-256 of path and body (of a form: of what is in it): another body under the same key is a conflict. */
  fingerprint: string;
  expiresAtMs: number;
  answeredBy: CallRecord["answeredBy"];
  /** The request that it was made for. */
  requestId: string;
  reply: SharedReply;
}

interface Entry {
  fingerprint: string;
  flight: Flight;
  /** Infinite while it runs. */
  expiresAtMs: number;
  keptBytes: number;
}

export function createShare({ clock, log, kept }: { clock: Clock; log: Log; kept?: KeptAnswers }): Share {
  const entries = new Map<string, Entry>();

  const forget = (id: string, entry: Entry) => {
    if (entries.get(id) === entry) entries.delete(id);
  };

  const lead = (id: string, fingerprint: string, call: Call, produce: () => Promise<Reply>): Entry => {
    const flight = takeOff(call, produce);
    const entry: Entry = { fingerprint, flight, keptBytes: 0, expiresAtMs: Number.POSITIVE_INFINITY };
    flight.started.then(
      async (shared) => {
        if (!(await shared.ended) || !shared.pieces()) return forget(id, entry);
        entry.expiresAtMs = clock.now() + REPEAT_MS;
        entry.keptBytes = shared.bytes();
        trim(entries, clock.now());
        const { answeredBy, id: requestId } = flight.leader;
        const answer = { fingerprint, expiresAtMs: entry.expiresAtMs, answeredBy, requestId, reply: shared };
        await kept?.put(id, answer).catch((cause) => log("warn", "an idempotent answer was not stored", { cause }));
      },
      () => forget(id, entry),
    );
    entries.set(id, entry);
    return entry;
  };

  return async (call, produce) => {
    const key = call.options.idempotencyKey;
    if (key === undefined) return produce();
    const id = `${call.principal.id}\n${key}`;
    const client = call.signal;
    const fingerprint = fingerprintOf(call);
    for (;;) {
      const running = entries.get(id);
      const known = running && running.expiresAtMs > clock.now() ? running : undefined;
      if (!known && kept) {
        const stored = await kept.get(id);
        if (stored && stored.expiresAtMs > clock.now() && !entries.has(id)) return repeat(call, stored, fingerprint);
        if (entries.has(id) && entries.get(id) !== running) continue;
      }
      if (known && known.fingerprint !== fingerprint) throw conflict();
      const entry = known ?? lead(id, fingerprint, call, produce);
      const { leader } = entry.flight;
      const shared = await entry.flight.wait(client).catch((error: unknown) => {
        // The leader answers for its own failure; whoever waited tries anew, the first of them as leader.
        if (leader === call.record || client.aborted) throw error;
        return undefined;
      });
      const reply = shared?.join();
      if (!reply) {
        forget(id, entry);
        if (leader === call.record) throw clientClosed();
        continue;
      }
      if (leader !== call.record) noteRepeat(call, leader.answeredBy, leader.id);
      return reply;
    }
  };
}

function repeat(call: Call, stored: KeptAnswer, fingerprint: string): Reply {
  if (stored.fingerprint !== fingerprint) throw conflict();
  const reply = stored.reply.join();
  if (!reply) throw new GatewayError("internal", "The kept answer cannot be repeated.");
  noteRepeat(call, stored.answeredBy, stored.requestId);
  return reply;
}

function noteRepeat({ record }: Call, answeredBy: CallRecord["answeredBy"], requestId: string): void {
  record.answeredBy = answeredBy;
  record.repeats = requestId;
}

function fingerprintOf({ record, body }: Call): string {
  const hash = new Bun.CryptoHasher("sha256").update(record.path).update("\n");
  const boundary = boundaryOf(body.contentType);
  const parts = boundary === undefined ? undefined : formParts(body.bytes, boundary);
  if (!parts) return hash.update(body.bytes).digest("hex");
  // A form that is sent again has another boundary, and is the same request.
  for (const { name, filename, start, end } of parts)
    hash.update(JSON.stringify([name, filename, end - start])).update(body.bytes.subarray(start, end));
  return hash.digest("hex");
}

function conflict(): GatewayError {
  return new GatewayError("conflict", "This Idempotency-Key was used before with another request.", {
    param: "idempotency-key",
  });
}

/** Expired entries go, and the oldest finished ones past the bounds. */
function trim(entries: Map<string, Entry>, now: number): void {
  let bytes = 0;
  for (const entry of entries.values()) bytes += entry.keptBytes;
  for (const [id, entry] of entries) {
    const tooMany = entries.size > MAX_KEPT_ANSWERS || bytes > MAX_KEPT_BYTES;
    if (entry.expiresAtMs > now && !tooMany) return;
    if (!Number.isFinite(entry.expiresAtMs)) continue;
    bytes -= entry.keptBytes;
    entries.delete(id);
  }
}
