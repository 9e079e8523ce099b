/**
 * Where a request goes is decided by its path alone. Bun builds `request.url` from the Host header, which the client
 * writes: a host that is no host leaves a bare path, and a search for the path that starts at a fixed offset could be
 * made to start inside another segment. So the authority is stepped over exactly, whatever its length.
 */
const AFTER_HTTP = "http://".length;
const AFTER_HTTPS = "https://".length;
const SLASH = 0x2f;
const LETTER_S = 0x73;

/** Offset of the path in an absolute URL; -1 when the Host header is not a valid host. */
export function pathStartOf(url: string): number {
  if (url.charCodeAt(0) === SLASH) return -1;
  return url.indexOf("/", url.charCodeAt(4) === LETTER_S ? AFTER_HTTPS : AFTER_HTTP);
}

/** The path without query; empty when the Host header is not a valid host. */
export function pathOf(url: string): string {
  const start = pathStartOf(url);
  if (start < 0) return "";
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
