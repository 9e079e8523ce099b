import { ERRORS } from "../canonical/errors.ts";
import type { Outcome } from "../canonical/record.ts";

/**
 * The status a call is counted under. A stream that broke after its head was sent has status 200 on the wire; it is
 * counted as what went wrong, or nobody who looks for errors would find it.
 */
export function countedStatus(outcome: Outcome | undefined): number {
  if (!outcome || outcome.ok) return 200;
  return outcome.status < 400 ? ERRORS[outcome.code].status : outcome.status;
}
