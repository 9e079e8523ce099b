/**
 * Where a request goes is decided by its path alone. Bun builds `request.url` from the Host header, which the client
 * writes: a host that is no host leaves a bare path, and a search for the path that starts at a fixed offset could be
 * made to start inside another segment. So the authority is stepped over exactly, whatever its length.
 */
const AFTER_SCHEME = "http://".length;
const SLASH = 0x2f;

/** The path without query, or undefined when the Host header is not a valid host. */
export function pathOf(url: string): string | undefined {
  if (url.charCodeAt(0) === SLASH) return undefined;
  const start = url.indexOf("/", url.charCodeAt(AFTER_SCHEME) === SLASH ? AFTER_SCHEME + 1 : AFTER_SCHEME);
  if (start < 0) return undefined;
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** Query parameters; empty when there are none. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
}

/** One percent-decoding, never two; undefined for a broken escape. */
export function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
