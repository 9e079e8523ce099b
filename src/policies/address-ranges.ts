/** Sets of addresses, as operators write them: single ones and CIDR ranges, of both families. */
import { BlockList, isIP } from "node:net";

/** Whether an address is in one of the ranges. Made once per list. What is no address is in none. */
export function addressRanges(ranges: readonly string[]): (address: string) => boolean {
  // A list for each family: one list of both holds that 192.0.2.1 is in ::/0.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges) add(lists, range);
  return (given) => {
    const address = plainAddress(given);
    const family = familyOf(address);
    return family !== undefined && lists[family].check(address, family);
  };
}

function add(lists: Record<Family, BlockList>, range: string): void {
  const slash = range.indexOf("/");
  const written = slash < 0 ? range : range.slice(0, slash);
  const address = plainAddress(written);
  const family = familyOf(address);
  if (family === undefined) return;
  const bits = Number(range.slice(slash + 1));
  if (slash < 0) lists[family].addAddress(address, family);
  else if (address === written) lists[family].addSubnet(address, bits, family);
  // A mapped IPv4 range counts its bits from the start of the IPv6 address.
  else if (bits >= MAPPED_BITS) lists.ipv4.addSubnet(address, bits - MAPPED_BITS, "ipv4");
}

type Family = "ipv4" | "ipv6";

function familyOf(address: string): Family | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6";
}

const MAPPED_IPV4 = "::ffff:";
const MAPPED_BITS = 96;

/** A dual-stack socket shows IPv4 clients as `::ffff:192.0.2.1`, and a link-local one its interface: `fe80::1%eth0`. */
export function plainAddress(address: string): string {
  if (address.startsWith(MAPPED_IPV4) && address.includes(".")) return address.slice(MAPPED_IPV4.length);
  const zone = address.indexOf("%");
  return zone < 0 ? address : address.slice(0, zone);
}

/** Whether a host to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
