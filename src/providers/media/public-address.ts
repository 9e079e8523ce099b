/** Addresses of the public internet: everything else could be a door into the network that the gateway stands in. */
import { BlockList, isIP } from "node:net";

/**
 * IANA's special-purpose registries (IPv4 and IPv6) less what is globally reachable, and multicast. IPv6 is given the
 * other way round: only 2000::/3 is handed out, and these are the parts of it that lead elsewhere (6to4 and Teredo
 * carry an IPv4 address inside, which nobody checks).
 */
const SPECIAL_IPV4: readonly [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
const SPECIAL_IPV6: readonly [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/** Made once per fetcher. What is no address is not public. */
export function publicAddresses(): (address: string) => boolean {
  const special = new BlockList();
  for (const [net, bits] of SPECIAL_IPV4) special.addSubnet(net, bits, "ipv4");
  // A list of its own: a list of both families holds that IPv4 addresses are in ::ffff:0:0/96.
  const specialIpv6 = new BlockList();
  for (const [net, bits] of SPECIAL_IPV6) specialIpv6.addSubnet(net, bits, "ipv6");
  const global = new BlockList();
  global.addSubnet("2000::", 3, "ipv6");
  return (address) => {
    switch (isIP(address)) {
      case 4:
        return !special.check(address, "ipv4");
      case 6:
        return global.check(address, "ipv6") && !specialIpv6.check(address, "ipv6");
      default:
        return false;
    }
  };
}
