/** Models' names in the paths of upstream requests. Clients choose them. */

/** A name as one segment of a path. */
export function pathSegment(name: string): string {
  return name.split("/").map(encodedPart).join("%2F");
}

/** A name whose slashes are those of the path. */
export function pathSegments(name: string): string {
  return name.split("/").map(encodedPart).join("/");
}

/**
 * `.` and `..` are steps to URL parsers, percent-encoded too (WHATWG URL, "double-dot URL path segment"), so they are
 * encoded twice, which is the name of no model. Half a surrogate pair has no encoding.
 */
function encodedPart(text: string): string {
  return text === "." || text === ".." ? "%252E".repeat(text.length) : encodeURIComponent(text.toWellFormed());
}
