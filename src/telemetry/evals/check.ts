/** Built-in checks as the configuration names them: `json-schema`, `length:1-2000`, `regex:^\{`. */

export type Check =
  | { kind: "json-valid" | "json-schema" | "tool-calls" | "empty" | "refusal" | "truncation" | "repetition" }
  /** Characters. */
  | { kind: "length"; min: number; max: number }
  /** ISO 639-1. */
  | { kind: "language"; code: string }
  | { kind: "regex"; pattern: string }
  /** To the answer of a reference model. */
  | { kind: "similarity"; model: string };

const PLAIN_CHECKS = [
  "json-valid",
  "json-schema",
  "tool-calls",
  "empty",
  "refusal",
  "truncation",
  "repetition",
] as const;
const WITH_ARGUMENT = ["length", "language", "regex", "similarity"] as const;

export type ParsedCheck =
  | { check: Check }
  /** `name`: what is no check, and `names` those there are, for the nearest right one. */
  | { fault: string; name?: string; names?: readonly string[] };

/** Longer ones are programs. */
const MAX_PATTERN_CHARS = 500;

export function parseCheck(text: string): ParsedCheck {
  const plain = PLAIN_CHECKS.find((name) => name === text);
  if (plain) return { check: { kind: plain } };
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  const argument = colon < 0 ? "" : text.slice(colon + 1);
  switch (name) {
    case "length":
      return parseLength(argument);
    case "language":
      return /^[a-z]{2}$/.test(argument)
        ? { check: { kind: "language", code: argument } }
        : { fault: "language needs an ISO 639-1 code: language:de" };
    case "regex":
      return parseRegex(argument);
    case "similarity":
      return argument === ""
        ? { fault: "similarity needs the model whose answer is the reference: similarity:gpt-4o" }
        : { check: { kind: "similarity", model: argument } };
    default:
      return { fault: `no check "${name.slice(0, 60)}"`, name, names: [...PLAIN_CHECKS, ...WITH_ARGUMENT] };
  }
}

function parseLength(argument: string): ParsedCheck {
  const [, min, max] = /^(\d{1,7})-(\d{0,7})$/.exec(argument) ?? [];
  if (min === undefined) return { fault: "length needs two numbers of characters: length:1-2000" };
  const check: Check = { kind: "length", min: Number(min), max: max ? Number(max) : Number.MAX_SAFE_INTEGER };
  return check.min <= check.max ? { check } : { fault: "length has a minimum over its maximum" };
}

function parseRegex(pattern: string): ParsedCheck {
  if (pattern === "" || pattern.length > MAX_PATTERN_CHARS)
    return { fault: `regex needs a pattern of 1 to ${MAX_PATTERN_CHARS} characters` };
  try {
    new RegExp(pattern, "u");
    return { check: { kind: "regex", pattern } };
  } catch {
    return { fault: "is no regular expression (JavaScript's, with the flag u)" };
  }
}
