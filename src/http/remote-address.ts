/**
 * Who is at the other end. Forwarding headers are the client's own words: they count only where the socket itself is
 * one of the operator's proxies, and then only up to the first address from the right that is no such proxy.
 */
import { isIP } from "node:net";
import { addressRanges, plainAddress } from "../policies/address-ranges.ts";

/** Returns a function that is made once per list of trusted proxies (addresses or CIDR ranges). */
export function proxyTrust(
  trustedProxies: readonly string[],
): (socket: string, forwardedFor: string | undefined) => string {
  if (trustedProxies.length === 0) return (socket) => plainAddress(socket);
  const trusted = addressRanges(trustedProxies);
  return (socket, forwardedFor) => {
    let address = plainAddress(socket);
    const hops = forwardedFor?.split(",") ?? [];
    while (hops.length > 0 && trusted(address)) {
      const hop = plainAddress(hops.pop()!.trim());
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}
