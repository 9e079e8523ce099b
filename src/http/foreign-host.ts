/**
 * Whether a page of somebody else's may have sent a request that needs no credential. A browser keeps pages to their own
 * origin, but the owner of a public name can let it lead to 127.0.0.1 once his page has loaded (DNS rebinding, as in
 * CVE-2024-28224 of Ollama). The Host header then still holds that name, and no page can change it.
 */

/** Addresses, and names without a dot: no public name server answers for them. */
const OWN = /^(?:[\d.]+|\[[\da-f:.]+\]|[a-z\d_-]+)(?::\d+)?$/i;
/** Reserved for private use (RFC 6761, RFC 6762, RFC 8375, ICANN 2024), so nobody else can own a name below them. */
const PRIVATE = /\.(?:localhost|internal|local|test|home\.arpa)$/i;

/** `publicUrl`: the gateway's own name, if it is set. */
export function isForeignHost(host: string | null, publicUrl: string | null): boolean {
  if (host === null || OWN.test(host)) return false;
  const name = URL.parse(`http://${host}`)?.hostname ?? "";
  if (PRIVATE.test(name)) return false;
  return publicUrl === null || URL.parse(publicUrl)?.hostname !== name;
}
