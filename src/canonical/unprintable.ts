/**
 * Characters that change what a reader sees around them, besides the C0 controls that JSON escapes: DEL and the C1
 * controls, of which terminals obey some, and the marks that turn the direction of text (Unicode TR 36, "bidi spoofing").
 */
const MISLEADING = "\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";
const UNPRINTABLE = new RegExp(`[\\x00-\\x1f${MISLEADING}]`, "u");
const EACH_MISLEADING = new RegExp(`[${MISLEADING}]`, "gu");

export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** For a line that JSON writes: `\u009b` in the place of what it would leave as it is. */
export function escapeMisleading(text: string): string {
  return text.replace(EACH_MISLEADING, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
