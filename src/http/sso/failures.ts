/** Failed sign-ins: how many an address may try, and how many the audit trail keeps. */
import type { Clock } from "../../canonical/deps.ts";
import { GatewayError } from "../../canonical/errors.ts";
import type { AuditPort } from "../../store/ports.ts";

/** From one address within the window; then it waits for the oldest to be forgotten. */
export const MAX_FAILURES = 10;
export const FAILURE_WINDOW_MS = 15 * 60_000;
/** Rows of the audit trail within a window, from all addresses: who tries in vain must not fill the disk. */
export const MAX_AUDITED_FAILURES = 100;
const MAX_ADDRESSES = 10_000;

export interface SignInFailures {
  /** Throws GatewayError("rate_limited") where the address has failed too often. */
  check(address: string): void;
  /** Counts one against the address, at once. */
  count(address: string): void;
  /** Writes one to the audit trail. `reason` is for operators and holds no secret. */
  record(address: string, method: string, reason: string): Promise<void>;
}

export function createSignInFailures(clock: Clock, audit: Pick<AuditPort, "append">): SignInFailures {
  const byAddress = new Map<string, number[]>();
  let audited: number[] = [];
  const recent = (times: readonly number[]) => times.filter((atMs) => atMs > clock.now() - FAILURE_WINDOW_MS);
  return {
    check(address) {
      const times = recent(byAddress.get(address) ?? []);
      if (times.length < MAX_FAILURES) return;
      throw new GatewayError("rate_limited", "Too many failed sign-ins from this address. Try again later.", {
        retryAfterMs: times[0]! + FAILURE_WINDOW_MS - clock.now(),
      });
    },
    count(address) {
      const times = [...recent(byAddress.get(address) ?? []), clock.now()].slice(-MAX_FAILURES);
      // In the order of the last failure, so that the first is the one to forget.
      byAddress.delete(address);
      byAddress.set(address, times);
      if (byAddress.size > MAX_ADDRESSES) byAddress.delete(byAddress.keys().next().value!);
    },
    async record(address, method, reason) {
      const atMs = clock.now();
      audited = recent(audited);
      if (audited.length >= MAX_AUDITED_FAILURES) return;
      audited.push(atMs);
      await audit.append({
        atMs,
        actor: "nobody",
        remoteAddress: address,
        action: "sign_in_failed",
        resource: "session",
        resourceId: method,
        name: null,
        before: null,
        after: { reason },
      });
    },
  };
}
