/** What an address leads to: the internet, somebody's own network, or a place where no provider can be. */
import { BlockList, isIP } from "node:net";
import { publicAddresses } from "../media/public-address.ts";

/** `never`: no model is served there, whatever the operator allows. What is no address is `never` too. */
export type AddressKind = "public" | "private" | "never";

/**
 * Unspecified (which Linux connects to itself), multicast, reserved, and link-local, where clouds answer everybody on
 * the machine with its credentials. The single addresses are such services outside of link-local: AWS and Google over
 * IPv6, Azure's wire server, Alibaba Cloud, Oracle Cloud.
 */
const NEVER_IPV4: readonly [string, number][] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["168.63.129.16", 32],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
];
const NEVER_IPV6: readonly [string, number][] = [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
];

/** Hold an IPv4 address in their last 32 bits: compatible (RFC 4291), mapped, and NAT64 (RFC 6052, RFC 8215). */
const EMBEDDING: readonly [string, number][] = [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
];

/** Made once per user of it. */
export function addressKinds(): (address: string) => AddressKind {
  const isPublic = publicAddresses();
  // Lists for each family: one list of both holds that IPv4 addresses are in ::ffff:0:0/96.
  const never = { 4: listOf(NEVER_IPV4, "ipv4"), 6: listOf(NEVER_IPV6, "ipv6") };
  const embedding = listOf(EMBEDDING, "ipv6");
  const kindOf = (address: string): AddressKind => {
    switch (isIP(address)) {
      case 4:
        return never[4].check(address, "ipv4") ? "never" : isPublic(address) ? "public" : "private";
      case 6: {
        if (never[6].check(address, "ipv6")) return "never";
        if (address === "::1" || !embedding.check(address, "ipv6")) return isPublic(address) ? "public" : "private";
        // Where an address hides another, the inner one can only make it worse.
        return kindOf(lastWords(address)) === "never" ? "never" : "private";
      }
      default:
        return "never";
    }
  };
  // A zone (`fe80::1%eth0`) names an interface of this machine and says nothing of the address.
  return (address) => kindOf(address.split("%")[0]!);
}

/** @param allowPrivate `server.allowPrivateNetwork` of the configuration file */
export function allowedAddresses(allowPrivate: boolean): (address: string) => boolean {
  const kindOf = addressKinds();
  return (address) => {
    const kind = kindOf(address);
    return kind === "public" || (kind === "private" && allowPrivate);
  };
}

function listOf(ranges: readonly [string, number][], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const [net, bits] of ranges) list.addSubnet(net, bits, family);
  return list;
}

/** The last 32 bits of an IPv6 address as an IPv4 one. */
function lastWords(address: string): string {
  // The URL parser writes every form (`::ffff:127.0.0.1`, `::ffff:7f00:1`) in one way.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const groups = canonical.split(":").slice(-2);
  const [high = 0, low = 0] = groups.map((group) => Number.parseInt(group || "0", 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}
