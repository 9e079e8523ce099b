/** What a client is told when a reply fails after the router has let it go. */
import { type Failure, GatewayError } from "../canonical/errors.ts";

/** Never the words of an authentication failure: they may quote the provider's key. */
export function brokenReply(failure: Failure): GatewayError {
  const code = failure.class === "timeout" ? "upstream_timeout" : "upstream_error";
  const detail = failure.class === "auth" ? "" : `: ${failure.message}`;
  return new GatewayError(code, `The answer broke off and is not complete${detail}`);
}
