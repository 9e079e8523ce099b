/**
 * Where a text stops being JSON. The engine's own message has no position, and "invalid JSON" alone is of no use to
 * somebody with a body of two megabytes. Runs only after `JSON.parse` has refused the text; one pass, no recursion.
 */
type Expecting = "value" | "value-or-close" | "key" | "key-or-close" | "colon" | "comma-or-close" | "end";

const LITERALS = ["true", "false", "null"];
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NUMBER_MAX_CHARACTERS = 512;

/** Offset in characters of the first fault; the text's length when it only ends too early. */
export function offsetOfJsonFault(text: string): number {
  const open: ("{" | "[")[] = [];
  let expecting: Expecting = "value";
  let at = skipSpace(text, 0);
  while (at < text.length && expecting !== "end") {
    const character = text[at]!;
    if (character === "}" || character === "]") {
      if (!mayClose(expecting, open.at(-1), character)) return at;
      open.pop();
      at += 1;
      expecting = open.length === 0 ? "end" : "comma-or-close";
    } else if (expecting === "colon" || expecting === "comma-or-close") {
      if (character !== (expecting === "colon" ? ":" : ",")) return at;
      at += 1;
      expecting = expecting === "comma-or-close" && open.at(-1) === "{" ? "key" : "value";
    } else if (character === "{" || character === "[") {
      if (expecting === "key" || expecting === "key-or-close") return at;
      open.push(character);
      at += 1;
      expecting = character === "{" ? "key-or-close" : "value-or-close";
    } else {
      const isKey: boolean = expecting === "key" || expecting === "key-or-close";
      const end = isKey && character !== '"' ? -at - 1 : endOfScalar(text, at);
      if (end < 0) return -end - 1;
      at = end;
      if (isKey) expecting = "colon";
      else expecting = open.length === 0 ? "end" : "comma-or-close";
    }
    at = skipSpace(text, at);
  }
  return at;
}

function mayClose(expecting: Expecting, open: "{" | "[" | undefined, character: string): boolean {
  if (open !== (character === "}" ? "{" : "[")) return false;
  return expecting === "comma-or-close" || expecting === "key-or-close" || expecting === "value-or-close";
}

/** Offset after the scalar, or `-(offset of the fault) - 1`. */
function endOfScalar(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  for (const literal of LITERALS) if (text.startsWith(literal, start)) return start + literal.length;
  NUMBER.lastIndex = 0;
  const match = NUMBER.exec(text.slice(start, start + NUMBER_MAX_CHARACTERS));
  return match ? start + match[0].length : -start - 1;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -at - 1;
    if (code !== 0x5c) continue;
    const escaped = text[at + 1] ?? "";
    if (escaped === "u") {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) return -at - 1;
      at += 5;
    } else if ('"\\/bfnrt'.includes(escaped) && escaped !== "") at += 1;
    else return -at - 1;
  }
  return -text.length - 1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \n\r\t".includes(text[at]!)) at += 1;
  return at;
}
