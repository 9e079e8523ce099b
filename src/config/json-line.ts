/** `JSON.parse` in Bun does not tell where it failed; people need the line. */

type Expected = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "nothing";

const TOKEN =
  /\s*(?:("(?:[^"\\\p{Cc}]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])|true\b|false\b|null\b)|([{}[\],:]))/iuy;

/** The line, from 1, of the first token of a malformed JSON text that cannot stand where it does. */
export function jsonFaultLine(text: string): number {
  const open: ("{" | "[")[] = [];
  const token = new RegExp(TOKEN);
  let expected: Expected = "value";
  for (;;) {
    const start = token.lastIndex;
    const match: RegExpExecArray | null = token.exec(text);
    const next: Expected | null | undefined = match && following(expected, match, open);
    if (!match || !next) return lineOf(text, start);
    expected = next;
  }
}

/** What may come after this token; undefined when it may not stand here. Keeps `open`. */
function following(
  expected: Expected,
  [, string, scalar, mark]: RegExpExecArray,
  open: ("{" | "[")[],
): Expected | undefined {
  const afterValue = () => (open.length === 0 ? "nothing" : "comma-or-end");
  const wantsValue = expected === "value" || expected === "value-or-end";
  if (string !== undefined && (expected === "key" || expected === "key-or-end")) return "colon";
  if (string !== undefined || scalar !== undefined) return wantsValue ? afterValue() : undefined;
  switch (mark) {
    case "{":
    case "[":
      if (!wantsValue) return undefined;
      open.push(mark);
      return mark === "{" ? "key-or-end" : "value-or-end";
    case "}":
    case "]": {
      const fits = expected === "comma-or-end" || expected === (mark === "}" ? "key-or-end" : "value-or-end");
      return fits && open.pop() === (mark === "}" ? "{" : "[") ? afterValue() : undefined;
    }
    case ",":
      if (expected !== "comma-or-end") return undefined;
      return open.at(-1) === "{" ? "key" : "value";
    default:
      return expected === "colon" ? "value" : undefined;
  }
}

function lineOf(text: string, index: number): number {
  const white = /\s*/y;
  white.lastIndex = index;
  white.exec(text);
  return text.slice(0, white.lastIndex).split("\n").length;
}
