/**
 * The built-in checks: 1 for a good answer, 0 for a bad one, null where the check has nothing to say. They run in a
 * worker that is ended when one takes too long: patterns and schemas are other people's and may be of the kind that
 * never ends.
 */
import { type Schema, Validator } from "@cfworker/json-schema";
import { detectAll } from "tinyld";
import type { JsonObject } from "../../canonical/chat.ts";
import type { Check } from "./check.ts";
import { isRefusal } from "./refusal.ts";
import { isRepetitive } from "./repetition.ts";
import type { Subject } from "./subject.ts";

export function runCheck(check: Check, subject: Subject): number | null {
  const { text } = subject;
  switch (check.kind) {
    case "json-valid":
      return text === "" && subject.toolCalls.length > 0 ? null : scoreOf(parse(text) !== undefined);
    case "json-schema":
      return jsonSchema(subject);
    case "tool-calls":
      return toolCalls(subject);
    case "empty":
      return scoreOf(text.trim() !== "" || subject.toolCalls.length > 0 || subject.hasMedia);
    case "refusal":
      return scoreOf(!subject.refused && !isRefusal(text));
    case "truncation":
      return scoreOf(subject.finish !== "length");
    case "repetition":
      return text === "" ? null : scoreOf(!isRepetitive(text));
    case "length":
      return scoreOf([...text].length >= check.min && [...text].length <= check.max);
    case "language":
      return language(text, check.code);
    case "regex":
      return scoreOf(new RegExp(check.pattern, "u").test(text));
    case "similarity":
      return null;
    default:
      return check satisfies never;
  }
}

function scoreOf(good: boolean): number {
  return good ? 1 : 0;
}

/** Undefined: no JSON. */
function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function jsonSchema({ format, text, toolCalls: calls }: Subject): number | null {
  if (format.type === "text" || (text === "" && calls.length > 0)) return null;
  const parsed = parse(text);
  if (!parsed) return 0;
  if (format.type === "json") return scoreOf(typeof parsed.value === "object" && parsed.value !== null);
  return format.schema ? isValid(format.schema, parsed.value) : 1;
}

/** Every call names a declared function and has arguments that its schema allows. */
function toolCalls({ toolCalls: calls, tools }: Subject): number | null {
  const judged = calls.filter(({ custom }) => !custom);
  if (judged.length === 0) return null;
  let unknown = false;
  for (const { name, arguments: json } of judged) {
    const tool = tools.find((one) => one.name === name);
    // Without arguments some models write nothing at all.
    const parsed = parse(json === "" ? "{}" : json);
    if (!tool || !parsed) return 0;
    const score = tool.parameters ? isValid(tool.parameters, parsed.value) : 1;
    if (score === 0) return 0;
    unknown ||= score === null;
  }
  return unknown ? null : 1;
}

/** Null where the schema itself is none: then nothing can be said of the answer. */
function isValid(schema: JsonObject, value: unknown): number | null {
  try {
    return scoreOf(new Validator(schema as Schema, "2020-12").validate(value).valid);
  } catch {
    return null;
  }
}

/** Shorter texts are guesswork. */
const MIN_LETTERS = 30;

function language(text: string, code: string): number | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  // A language without an alphabet says more with fewer characters.
  const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(text);
  if (letters < (dense ? MIN_LETTERS / 3 : MIN_LETTERS)) return null;
  const best = detectAll(text)[0];
  return best ? scoreOf(best.lang === code) : null;
}
