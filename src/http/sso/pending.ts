/**
 * Sign-ins under way. What belongs to one is sealed into a cookie of the browser that began it, so that only this
 * browser can end it (nobody is signed in to somebody else's account by a link), and a flood of beginnings fills no
 * memory. Each ends once.
 */

import type { Clock } from "../../canonical/deps.ts";
import { hashSecret } from "../../policies/access.ts";
import { equalInConstantTime } from "../../policies/constant-time.ts";
import type { Seal } from "../../store/seal.ts";
import type { Attempt } from "./identity.ts";
import { SignInError } from "./sign-in-error.ts";

export const SIGN_IN_MS = 10 * 60_000;
/** Ended ones that are remembered until they would have expired. */
const MAX_ENDED = 10_000;
const RANDOM_BYTES = 32;

export interface PendingSignIn extends Attempt {
  /** Where the browser goes in the end: a path below /ui. */
  returnTo: string;
}

export interface PendingSignIns {
  begin(
    provider: string,
    place: Pick<PendingSignIn, "redirectUri" | "returnTo">,
  ): { pending: PendingSignIn; sealed: string };
  /** Throws SignInError unless the browser began this very sign-in, lately, and has not ended it yet. */
  end(provider: string, sealed: string | undefined, state: string | null): PendingSignIn;
}

export function createPendingSignIns(clock: Clock, seal: Seal): PendingSignIns {
  const ended = new Map<string, number>();
  const forget = () => {
    for (const [hash, untilMs] of ended) {
      if (untilMs > clock.now() && ended.size <= MAX_ENDED) return;
      ended.delete(hash);
    }
  };
  return {
    begin(provider, place) {
      const pending = { ...place, state: randomText(), nonce: randomText(), verifier: randomText() };
      const expiresAtMs = clock.now() + SIGN_IN_MS;
      const plain = Buffer.from(JSON.stringify({ ...pending, expiresAtMs }));
      return { pending, sealed: Buffer.from(seal.seal(plain, placeOf(provider)), "base64").toString("base64url") };
    },
    end(provider, sealed, state) {
      if (sealed === undefined) throw new SignInError("expired", "no cookie of a sign-in");
      const plain = seal.open(sealed, placeOf(provider));
      if (!plain) throw new SignInError("expired", "the cookie is not of a sign-in begun here");
      const { expiresAtMs, ...pending } = JSON.parse(Buffer.from(plain).toString()) as PendingSignIn & {
        expiresAtMs: number;
      };
      if (clock.now() >= expiresAtMs) throw new SignInError("expired", "too late");
      if (!equalInConstantTime(state ?? "", pending.state))
        throw new SignInError("state", "the state is of another sign-in");
      const hash = hashSecret(pending.state);
      if (ended.has(hash)) throw new SignInError("expired", "it has ended before");
      ended.set(hash, expiresAtMs);
      forget();
      return pending;
    },
  };
}

function placeOf(provider: string): string {
  return `sso/${provider}`;
}

function randomText(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))).toString("base64url");
}
