/**
 * What is wrong with an address that came by API, as it is written. Names are resolved at each call (checked-fetch.ts):
 * what they lead to today says nothing of tomorrow.
 */
import { isIP } from "node:net";
import { addressKinds } from "./address-kind.ts";

/** Names of the machine itself (RFC 6761), and of what answers with its credentials. */
const OWN_NAME = /^(.+\.)?localhost$/;
const METADATA_NAMES = new Set(["metadata", "metadata.google.internal", "metadata.goog", "instance-data"]);

export interface AddressRules {
  /** `server.allowPrivateNetwork` of the configuration file. */
  allowPrivate: boolean;
}

/** Undefined when nothing is. `address`: an absolute http or https URL. */
export function addressFault(address: string, { allowPrivate }: AddressRules): string | undefined {
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

/** Also of a name that leads there. */
export const NOT_PUBLIC =
  "leads into a private network, which the API may name only where the configuration file says server.allowPrivateNetwork: true";

/** The host as it was written, in lower case. */
function writtenHost(address: string): string | undefined {
  const authority = /^https?:\/\/([^/\\?#]*)/i.exec(address)?.[1];
  return authority?.replace(/^.*@/s, "").replace(/:\d*$/, "").toLowerCase();
}
