/**
 * What is put aside for a while and why: keys that hit a rate limit, ran out of quota or were refused, targets whose
 * model does not exist. Kept across calls, so that a Retry-After heard by one call is obeyed by all.
 */
export type RestReason = "rate_limited" | "quota_exhausted" | "auth" | "model_not_found" | "drained";

export interface Rest {
  untilMs: number;
  reason: RestReason;
  /** How often in a row; grows the pause where the upstream names none. */
  count: number;
}

/** A 429 without any hint: this long, doubling up to the cap (FIELD-NOTES §2). */
const DEFAULT_REST_MS = 5_000;
const MAX_RATE_REST_MS = 300_000;
const PACED_REST_MS = 1_000;
/** A refused key or a missing model is tried again now and then: access may have been granted meanwhile. */
const AUTH_REST_MS = 60_000;
const MAX_AUTH_REST_MS = 3_600_000;
const MODEL_REST_MS = 60_000;
const MAX_MODEL_REST_MS = 3_600_000;

export interface NewRest {
  reason: RestReason;
  /** Epoch milliseconds; absent where nobody said. */
  untilMs?: number;
  now: number;
  /** A 429 without any hint from a key that keeps a pace since: shorter, for the pace avoids the next one. */
  paced?: boolean;
}

export interface Rests {
  /** The rest in force for this key and model at this time, the longest of key-wide and model-wide. */
  of(provider: string, key: string, model: string, now: number): Rest | undefined;
  put(provider: string, key: string, model: string, rest: NewRest): void;
  /** A real success ends whatever was held against this key and model. */
  clear(provider: string, key: string, model: string): void;
  /** Ends what an operator decided about a target; false when it wasn't drained. */
  restoreTarget(provider: string, model: string): boolean;
  /** A changed configuration gives refused keys another chance. */
  clearReason(reason: RestReason): void;
  entries(now: number): { id: string; rest: Rest }[];
  restore(entries: readonly { id: string; rest: Rest }[]): void;
}

const ANY = "*";

export function createRests(): Rests {
  const rests = new Map<string, Rest>();
  const id = (provider: string, key: string, model: string) => `${provider}\n${key}\n${model}`;

  return {
    of(provider, key, model, now) {
      if (rests.size === 0) return undefined;
      let longest: Rest | undefined;
      for (const name of [id(provider, key, model), id(provider, key, ANY), id(provider, ANY, model)]) {
        const rest = rests.get(name);
        if (rest && rest.untilMs > now && (!longest || rest.untilMs > longest.untilMs)) longest = rest;
      }
      return longest;
    },
    put(provider, key, model, { reason, untilMs, now, paced }) {
      const name = scopeOf(reason, provider, key, model, id);
      const earlier = rests.get(name);
      // What an operator drained stays so, whatever calls that were under way then report.
      if (earlier?.reason === "drained" && reason !== "drained") return;
      const count = earlier?.reason === reason ? earlier.count + 1 : 1;
      const until = untilMs ?? now + defaultPauseMs(reason, count, paced ? PACED_REST_MS : DEFAULT_REST_MS, now);
      if (earlier && earlier.untilMs > until && earlier.reason === reason) return;
      rests.set(name, { untilMs: until, reason, count });
    },
    clear(provider, key, model) {
      if (rests.size === 0) return;
      for (const name of [id(provider, key, model), id(provider, key, ANY), id(provider, ANY, model)]) {
        if (rests.get(name)?.reason !== "drained") rests.delete(name);
      }
    },
    restoreTarget(provider, model) {
      const name = id(provider, ANY, model);
      return rests.get(name)?.reason === "drained" && rests.delete(name);
    },
    clearReason(reason) {
      for (const [name, rest] of rests) if (rest.reason === reason) rests.delete(name);
    },
    entries: (now) => [...rests].filter(([, rest]) => rest.untilMs > now).map(([name, rest]) => ({ id: name, rest })),
    restore(entries) {
      for (const { id: name, rest } of entries) rests.set(name, rest);
    },
  };
}

function scopeOf(
  reason: RestReason,
  provider: string,
  key: string,
  model: string,
  id: (p: string, k: string, m: string) => string,
) {
  switch (reason) {
    case "auth":
    case "quota_exhausted":
      return id(provider, key, ANY);
    case "model_not_found":
    case "drained":
      return id(provider, ANY, model);
    case "rate_limited":
      return id(provider, key, model);
    default:
      return reason satisfies never;
  }
}

const DAY_MS = 86_400_000;

function defaultPauseMs(reason: RestReason, count: number, rateRestMs: number, now: number): number {
  const grow = (base: number, cap: number) => Math.min(cap, base * 2 ** (count - 1));
  switch (reason) {
    case "rate_limited":
      return grow(rateRestMs, MAX_RATE_REST_MS);
    case "quota_exhausted":
      // Quotas and balances without a known reset are looked at again when the day turns (UTC).
      return DAY_MS - (now % DAY_MS);
    case "auth":
      return grow(AUTH_REST_MS, MAX_AUTH_REST_MS);
    case "model_not_found":
      return grow(MODEL_REST_MS, MAX_MODEL_REST_MS);
    case "drained":
      return Number.POSITIVE_INFINITY;
    default:
      return reason satisfies never;
  }
}
