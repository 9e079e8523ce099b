/** Forms of text that the schema asks for by name: each tells what is wrong, or nothing. */
import { isIP } from "node:net";
import { isPrintable } from "../canonical/unprintable.ts";
import { isLoopback } from "../policies/address-ranges.ts";

export type FormatName = keyof typeof FORMATS;

type Check = (value: string) => string | undefined;

export const FORMATS = {
  /** Anything but the empty text. */
  text: (value) => (value === "" ? "is empty" : undefined),
  name: nameCheck(/^[^\s,]+$/, "must not hold white space or commas"),
  /** It is the part before the slash of `provider/model`, and part of header values that are comma lists. */
  "provider-name": nameCheck(/^[^\s,/=]+$/, "must not hold a slash, white space, a comma or ="),
  /** Public names travel in headers and metrics. */
  "model-name": nameCheck(/^[^\s,]+$/, "must not hold white space or commas"),
  "target-name": nameCheck(/^[^\s,/]+\/[^\s,]+$/, 'must have the form "provider/model"'),
  "header-name": nameCheck(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "is no header name"),
  "http-url": (value) => urlFault(value),
  "base-url": (value) => urlFault(value) ?? baseUrlFault(value),
  "sign-in-url": (value) => urlFault(value) ?? baseUrlFault(value) ?? plainFault(value),
  domain: (value) => (DOMAIN.test(value) ? undefined : "must be a domain like example.com"),
  mail: (value) => (/^[^\s@]+@[^\s@]+$/.test(value) ? undefined : "must be a mail address"),
  "github-team": (value) => (/^[^\s/]+\/[^\s/]+$/.test(value) ? undefined : 'must have the form "organization/team"'),
  origin: (value) => (value === "*" || isOrigin(value) ? undefined : "must be an origin like https://app.example.com"),
  "address-range": (value) => (isAddressRange(value) ? undefined : "must be an IP address or a range like 10.0.0.0/8"),
  time: (value) => (isTime(value) ? undefined : "must be an RFC 3339 time like 2027-01-31T00:00:00Z, or a date"),
} as const satisfies Record<string, Check>;

/** Names end up in headers, metrics and log lines: printable ASCII and letters of any script, bounded. */
const MAX_NAME_LENGTH = 256;

function nameCheck(form: RegExp, fault: string): Check {
  return (value) => {
    if (value === "") return "is empty";
    if (value.length > MAX_NAME_LENGTH) return `is longer than ${MAX_NAME_LENGTH} characters`;
    if (!form.test(value)) return fault;
    if (!isPrintable(value)) return "must not hold control characters";
    return undefined;
  };
}

function urlFault(value: string): string | undefined {
  const url = URL.parse(value);
  if (!url || !/^https?:\/\//i.test(value)) return "must be an http or https address";
  // A password in an address ends up in error messages and logs of every hop; keys have a place of their own.
  if (url.username || url.password) return "must not hold credentials";
  return undefined;
}

/** Paths are appended to it, which a query would swallow. */
function baseUrlFault(value: string): string | undefined {
  return /[?#]/.test(value) ? "must not hold a query or a fragment" : undefined;
}

/** Whoever is on the way could be the provider; on loopback nobody is. */
function plainFault(value: string): string | undefined {
  const { protocol, hostname } = new URL(value);
  if (protocol === "https:" || isLoopback(hostname.replace(/^\[|\]$/g, ""))) return undefined;
  return "must be https; http is for loopback alone";
}

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;

function isOrigin(value: string): boolean {
  return URL.parse(value)?.origin === value;
}

function isAddressRange(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** `Date` alone would take "5" or "next" forms of its own and roll 31 February over. */
function isTime(value: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/i.exec(value);
  if (!match || Number.isNaN(Date.parse(value))) return false;
  const day = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
  return day.getUTCMonth() === Number(match[2]) - 1;
}
