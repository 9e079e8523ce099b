/**
 * The headers of a request upstream. Of the client's only those pass that the vendor's own clients send, the trace, and
 * what the operator named; credentials, cookies and framing of the client never do.
 */
import type { Provider, ProviderKey } from "./provider.ts";
import { type ProviderOptions, providerFault } from "./provider-options.ts";
import type { Vendor } from "./vendors.ts";

/** RFC 9110 §5.6.2 and §5.5: names are tokens; values are without CR, LF, NUL and other controls. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Framing and connection belong to the HTTP client; the body's form and coding to the gateway. */
const OURS = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Would hand the client's credentials for the gateway to the upstream, or let it choose the upstream's. */
const NEVER_FORWARDED = new Set([
  ...OURS,
  "authorization",
  "api-key",
  "cookie",
  "forwarded",
  "proxy-authorization",
  "x-api-key",
  "x-goog-api-key",
]);

/** Lists that both the operator and the client may add to. */
const MERGED = new Set(["anthropic-beta", "openai-beta"]);

export function headerWriter(options: ProviderOptions, vendor: Vendor): Provider["headers"] {
  const fixed: Record<string, string> = {
    "content-type": "application/json",
    // Bun leaves the label on bodies it has decoded, and a compressed stream arrives in lumps.
    "accept-encoding": "identity",
    ...vendor.headers,
    ...operatorHeaders(options),
  };
  const forwarded = ["traceparent", ...(vendor.clientHeaders ?? []), ...forwardedNames(options)];
  for (const [index, key] of (options.keys ?? []).entries())
    if (vendor.keyHeader && typeof key.secret === "string" && !VALUE.test(key.secret))
      throw providerFault(options, `keys[${index}]`, `key "${key.name}" holds characters that no header can carry`);

  return (key, { clientHeaders }) => {
    const headers = { ...fixed };
    for (const name of forwarded) {
      const value = clientHeaders[name];
      if (value === undefined || !VALUE.test(value)) continue;
      headers[name] = MERGED.has(name) ? merged(fixed[name], value) : value;
    }
    authorize(headers, key, vendor);
    return headers;
  };
}

function authorize(headers: Record<string, string>, { secret }: ProviderKey, { keyHeader }: Vendor): void {
  if (keyHeader && typeof secret === "string" && secret !== "") headers[keyHeader.name] = keyHeader.prefix + secret;
}

function operatorHeaders(options: ProviderOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const lower = name.toLowerCase();
    const param = `headers.${name}`;
    if (!NAME.test(name)) throw providerFault(options, param, `${JSON.stringify(name)} is no header name`);
    if (OURS.has(lower)) throw providerFault(options, param, `the header "${lower}" is set by the gateway`);
    // The value is not quoted: it may be a secret.
    if (!VALUE.test(value))
      throw providerFault(options, param, `the value of the header "${lower}" holds a line break`);
    headers[lower] = value;
  }
  return headers;
}

function forwardedNames(options: ProviderOptions): string[] {
  return (options.forwardHeaders ?? []).map((name, index) => {
    const lower = name.toLowerCase();
    const param = `forwardHeaders[${index}]`;
    if (!NAME.test(name)) throw providerFault(options, param, `${JSON.stringify(name)} is no header name`);
    if (NEVER_FORWARDED.has(lower) || lower.startsWith("x-evergate-"))
      throw providerFault(options, param, `the client's "${lower}" never goes upstream`);
    return lower;
  });
}

function merged(fixed: string | undefined, added: string): string {
  if (fixed === undefined) return added;
  const names = new Set(`${fixed},${added}`.split(",").map((name) => name.trim()));
  names.delete("");
  return [...names].join(",");
}
