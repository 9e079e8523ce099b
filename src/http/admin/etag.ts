/** Entity tags, so that two operators who edit the same thing do not undo each other's work (RFC 9110 §13.1.1). */
import { refused } from "./query.ts";

const HEX_DIGITS = 32;

/** Strong: the same tag means the same representation. */
export function etagOf(view: object): string {
  return `"${new Bun.CryptoHasher("sha256").update(JSON.stringify(view)).digest("hex").slice(0, HEX_DIGITS)}"`;
}

/** What `If-Match` asks for; undefined where the header is absent. A weak tag never matches. Throws 400 for what is no list of tags. */
export function readIfMatch(header: string | null): ((view: object) => boolean) | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  if (value === "*") return () => true;
  if (!/^(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*$/.test(value)) {
    throw refused("if-match", 'If-Match must be "*" or the ETag of an earlier answer, with its quotes.');
  }
  const tags: readonly string[] = value.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return (view) => tags.includes(etagOf(view));
}
