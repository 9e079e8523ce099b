import { parseObject } from "../json-object.ts";
import { INPUT } from "./function-tool.ts";

/** Reads the text out of `{"input": "…"}` while it comes, so that a long patch reaches the client as it is written. */
export interface InputReader {
  /** The text that this piece of the JSON adds. */
  push(json: string): string;
  /** What is left at the end. */
  end(): string;
}

const HEAD = new RegExp(`^\\s*\\{\\s*"${INPUT}"\\s*:\\s*"`);
/** Where a head would have been long over: what comes is another form, and is read at its end. */
const MAX_HEAD_CHARACTERS = 256;

export function inputReader(): InputReader {
  let raw = "";
  let state: "head" | "other" | "text" | "over" = "head";
  return {
    push(json) {
      if (state === "over") return "";
      raw += json;
      if (state === "head") {
        const head = HEAD.exec(raw)?.[0];
        if (head !== undefined) {
          raw = raw.slice(head.length);
          state = "text";
        } else if (raw.length > MAX_HEAD_CHARACTERS) state = "other";
      }
      if (state !== "text") return "";
      const { length, closed } = complete(raw);
      const text = unescaped(raw.slice(0, length));
      raw = closed ? "" : raw.slice(length);
      if (closed) state = "over";
      return text;
    },
    end() {
      if (state === "over") return "";
      return state === "text" ? unescaped(raw) : textOfOther(raw);
    },
  };
}

/** How much of a JSON string's inside is there whole, up to its closing quote. */
function complete(raw: string): { length: number; closed: boolean } {
  let at = 0;
  while (at < raw.length) {
    const character = raw[at];
    if (character === '"') return { length: at, closed: true };
    if (character !== "\\") {
      at += 1;
      continue;
    }
    const size = raw[at + 1] === "u" ? 6 : 2;
    if (at + size > raw.length) break;
    // The halves of an escaped pair belong into one delta: Python's clients cannot join them.
    const half = /^\\ud[89ab]/i.test(raw.slice(at, at + 4));
    if (half && at + 12 > raw.length && !raw.includes('"', at)) break;
    at += size;
  }
  return { length: at, closed: false };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** More lenient than JSON: models write bare line ends into strings. */
function unescaped(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, letter: string) =>
    code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Arguments of another form than asked for: the one text in them, else all of it; never half an object. */
function textOfOther(raw: string): string {
  const object = parseObject(raw);
  if (!object) return raw.trimStart().startsWith("{") ? "" : raw;
  const texts = Object.values(object).filter((value) => typeof value === "string");
  const asked = object[INPUT];
  if (typeof asked === "string") return asked;
  return texts.length === 1 ? texts[0]! : raw;
}
