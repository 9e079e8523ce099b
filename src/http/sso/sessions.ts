/**
 * Who is signed in. All sessions are in memory, where every request looks one up, and in the store, so that a restart
 * signs nobody out. A cookie holds 256 random bits and the store their hash, so neither a copy of the database nor the
 * time a look-up takes opens anything. What a session rests on (the admin token, the sign-in settings) is part of it:
 * when that changes, at a reload or while the gateway was stopped, the session is over.
 */
import type { Clock, Log } from "../../canonical/deps.ts";
import { hashSecret } from "../../policies/access.ts";
import type { SessionRow, SessionsPort } from "../../store/ports.ts";

export const SESSION_IDLE_MS = 8 * 60 * 60_000;
/** Begun with the admin token: what it opens does not change meanwhile. */
export const TOKEN_SESSION_MS = 7 * 24 * 60 * 60_000;
/** Groups and organisations are asked for at sign-in alone, so who was thrown out of one stays in for no longer. */
export const SSO_SESSION_MS = 24 * 60 * 60_000;
/** Of one person; a further one ends the one unused for the longest time. */
export const MAX_SESSIONS_PER_PERSON = 50;
/** Of everybody; a further one ends the one unused for the longest time. */
const MAX_SESSIONS = 10_000;
/** A crash forgets at most this much of when a session was last used. */
const SEEN_EVERY_MS = 60_000;
const SECRET_BYTES = 32;

export type Session = Readonly<Omit<SessionRow, "hash" | "basis">>;

/** Somebody who has just proved who they are. */
export type Person = Pick<SessionRow, "role" | "team" | "name" | "mail" | "method" | "person">;

export interface Sessions {
  /** Undefined where the secret is nobody's, or the session is over. Counts as use. */
  get(secret: string | undefined): Session | undefined;
  /** Rejects with GatewayError("overloaded") when it cannot be kept. The secret is for the cookie alone. */
  begin(person: Person): Promise<{ secret: string; session: Session }>;
  /** Ends the session of a secret, if there is one. Rejects when the store fails; it is over all the same. */
  end(secret: string | undefined): Promise<void>;
  /** Ends every session of the person; resolves to their number. */
  endAll(person: string): Promise<number>;
}

export interface SessionsOptions {
  store: SessionsPort;
  clock: Clock;
  log: Log;
  /** What a session begun by this method rests on; undefined when nobody can sign in so. Called on each look-up. */
  basisOf(method: string): string | undefined;
}

/** `kept`: what the store held at the start. */
export function createSessions(kept: readonly SessionRow[], { store, clock, log, basisOf }: SessionsOptions): Sessions {
  const byHash = new Map(kept.map((row) => [row.hash, { ...row, writtenMs: row.lastSeenAtMs }]));

  const isOver = ({ expiresAtMs, lastSeenAtMs, method, basis }: SessionRow) => {
    const nowMs = clock.now();
    return nowMs >= expiresAtMs || nowMs >= lastSeenAtMs + SESSION_IDLE_MS || basisOf(method) !== basis;
  };
  const remove = async (rows: readonly SessionRow[]) => {
    if (rows.length === 0) return;
    const hashes = rows.map(({ hash }) => hash);
    for (const hash of hashes) byHash.delete(hash);
    await store.delete(hashes);
  };
  const inBackground = (write: Promise<void>) =>
    write.catch((error: unknown) => log("warn", "a session was not written", { error }));

  return {
    get(secret) {
      const row = secret === undefined ? undefined : byHash.get(hashSecret(secret));
      if (!row) return undefined;
      if (isOver(row)) {
        void inBackground(remove([row]));
        return undefined;
      }
      row.lastSeenAtMs = clock.now();
      if (row.lastSeenAtMs - row.writtenMs >= SEEN_EVERY_MS) {
        row.writtenMs = row.lastSeenAtMs;
        void inBackground(store.seen(row.hash, row.lastSeenAtMs));
      }
      return row;
    },
    async begin(person) {
      await remove([...byHash.values()].filter(isOver));
      await remove(
        surplus(
          [...byHash.values()].filter((row) => row.person === person.person),
          MAX_SESSIONS_PER_PERSON,
        ),
      );
      await remove(surplus([...byHash.values()], MAX_SESSIONS));
      const secret = randomText();
      const nowMs = clock.now();
      const row: SessionRow = {
        ...person,
        hash: hashSecret(secret),
        basis: basisOf(person.method) ?? "",
        csrf: randomText(),
        createdAtMs: nowMs,
        lastSeenAtMs: nowMs,
        expiresAtMs: nowMs + (person.method === TOKEN_METHOD ? TOKEN_SESSION_MS : SSO_SESSION_MS),
      };
      await store.insert(row);
      byHash.set(row.hash, { ...row, writtenMs: nowMs });
      return { secret, session: row };
    },
    async end(secret) {
      const row = secret === undefined ? undefined : byHash.get(hashSecret(secret));
      if (row) await remove([row]);
    },
    async endAll(person) {
      const rows = [...byHash.values()].filter((row) => row.person === person);
      await remove(rows);
      return rows.length;
    },
  };
}

/** The method of sessions that the admin token began. */
export const TOKEN_METHOD = "token";

/** Those to end, longest unused first, so that one more stays within `max`. */
function surplus<T extends SessionRow>(rows: readonly T[], max: number): T[] {
  const byUse = [...rows].sort((a, b) => a.lastSeenAtMs - b.lastSeenAtMs);
  return byUse.slice(0, Math.max(0, rows.length + 1 - max));
}

function randomText(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");
}
