/**
 * What is wrong with an address that came by API, as it is written. Names are resolved at each call (checked-fetch.ts):
 * what they lead to today says nothing of tomorrow.
 */
import { isIP } from "node:net";
import type { Deps } from "../../canonical/deps.ts";
import { addressKinds, allowedAddresses } from "./address-kind.ts";

/** Names of the machine itself (RFC 6761), and of what answers with its credentials. */
const OWN_NAME = /^(.+\.)?localhost$/;
const METADATA_NAMES = new Set(["metadata", "metadata.google.internal", "metadata.goog", "instance-data"]);

/**
 * Undefined when nothing is.
 *
 * @param address an absolute http or https URL
 * @param allowPrivate `server.allowPrivateNetwork` of the configuration file
 */
export function addressFault(address: string, allowPrivate: boolean): string | undefined {
  const url = URL.parse(address);
  if (!url) return "must be an http or https address";
  const host = url.hostname;
  // 0x7f.1, 2130706433, full-width digits, a dot at the end: one parser's name is another one's loopback.
  if (writtenHost(address) !== host) return `must hold its host in the plain form: ${host.replace(/\.+$/, "")}`;
  if (host.endsWith(".")) return `must not end its host in a dot: ${host.replace(/\.+$/, "")}`;
  if (METADATA_NAMES.has(host)) return "leads to a cloud's metadata service, where no provider is";
  const literal = host.replace(/^\[|\]$/g, "");
  const kind = isIP(literal) ? addressKinds()(literal) : OWN_NAME.test(host) ? "private" : "public";
  if (kind === "never") return "is no address of a provider: unspecified, link-local, multicast or reserved";
  if (kind === "private" && !allowPrivate) return NOT_PUBLIC;
  return undefined;
}

/**
 * What is wrong with where a host's name leads now. A name that cannot be looked up, or not in time, is left to the calls:
 * whoever makes a provider may do so before its name is known.
 */
export async function leadFault(
  address: string,
  allowPrivate: boolean,
  { lookup, clock }: Pick<Deps, "lookup" | "clock">,
): Promise<string | undefined> {
  const host = new URL(address).hostname;
  if (!lookup || host.startsWith("[") || isIP(host) !== 0) return undefined;
  const late = Promise.withResolvers<string[]>();
  const cancel = clock.after(LOOKUP_MS, () => late.resolve([]));
  const found = await Promise.race([lookup(host).catch(() => []), late.promise]).finally(cancel);
  return found.every(allowedAddresses(allowPrivate)) ? undefined : `its host ${NOT_PUBLIC}`;
}

const LOOKUP_MS = 2_000;

const NOT_PUBLIC =
  "leads into a private network, which the API may name only where the configuration file says server.allowPrivateNetwork: true";

/** The host as it was written, in lower case. */
function writtenHost(address: string): string | undefined {
  const authority = /^https?:\/\/([^/\\?#]*)/i.exec(address)?.[1];
  return authority?.replace(/^.*@/s, "").replace(/:\d*$/, "").toLowerCase();
}
