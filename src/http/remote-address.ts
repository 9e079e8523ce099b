/**
 * Who is at the other end. Forwarding headers are the client's own words: they count only where the socket itself is
 * one of the operator's proxies, and then only up to the first address from the right that is no such proxy.
 */
import { BlockList, isIP } from "node:net";

const MAPPED_IPV4 = "::ffff:";

/** Returns a function that is made once per list of trusted proxies (addresses or CIDR ranges). */
export function proxyTrust(
  trustedProxies: readonly string[],
): (socket: string, forwardedFor: string | undefined) => string {
  if (trustedProxies.length === 0) return (socket) => plainAddress(socket);
  const trusted = blockListOf(trustedProxies);
  return (socket, forwardedFor) => {
    let address = plainAddress(socket);
    const hops = forwardedFor?.split(",") ?? [];
    while (hops.length > 0 && contains(trusted, address)) {
      const hop = plainAddress(hops.pop()!.trim());
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const slash = range.indexOf("/");
    const address = slash < 0 ? range : range.slice(0, slash);
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (slash < 0) list.addAddress(address, family);
    else list.addSubnet(address, Number(range.slice(slash + 1)), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** A dual-stack socket shows IPv4 clients as `::ffff:192.0.2.1`. */
function plainAddress(address: string): string {
  return address.startsWith(MAPPED_IPV4) && address.includes(".") ? address.slice(MAPPED_IPV4.length) : address;
}
