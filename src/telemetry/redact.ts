/**
 * The last guard between a secret and a log line. Whoever logs is expected to pass none; an upstream's error text or a
 * URL may still hold one, so every string is searched and every field with a telling name is blanked.
 */
import { escapeMisleading } from "../canonical/unprintable.ts";

const REDACTED = "[redacted]";

/** How deep into fields a line goes, and how much of a list or a text it shows. */
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT_CHARS = 4_000;

/** Field names whose value is a secret whatever it looks like. `key` alone names a provider key and is none. */
const SECRET_FIELD =
  /^(?:proxy-?)?authorization$|^(?:set-?)?cookie$|api[-_]?key$|^x-goog-api-key$|secret|password|passwd|credential|(?:^|[-_a-z])token$|private[-_]?key|signature/i;

/** A prefix that stays, so that the reader sees what kind of secret it was, and what is cut away behind it. */
const SECRET_TEXT: readonly RegExp[] = [
  /\b(eg_)[0-9A-Za-z]{16,}/g,
  /\b((?:sk|pk|rk)-)[\w-]{8,}/g,
  /\b((?:gsk|hf|r8|xoxb|xoxp|ghp|gho|github_pat|pplx|nvapi|csk|xai)[-_])[\w-]{8,}/g,
  /\b(AIza)[\w-]{20,}/g,
  /\b(ya29\.)[\w.-]{8,}/g,
  /\b(A(?:KIA|SIA))[0-9A-Z]{12,}/g,
  /\b(eyJ)[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /\b((?:Bearer|Basic)\s+)(?!\$[A-Z_]+\b)[^\s"',;<>]{4,}/gi,
  /([?&](?:key|api[-_]?key|(?:access_|id_|refresh_)?token|sig|signature|password|X-Amz-(?:Signature|Security-Token))=)[^&\s"'<>]+/gi,
  /(\/\/[^/\s:@]*:)[^/\s@]+(?=@)/g,
  /(hooks\.slack\.com\/(?:services|workflows)\/)[^\s"'<>]+/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Clients choose names and upstreams words; neither may paint over the lines before it, nor pass for another. */
export function redactText(text: string): string {
  return escapeMisleading(redactSecrets(text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}…` : text));
}

/** As `redactText`, whatever the text's length. */
export function redactSecrets(text: string): string {
  return SECRET_TEXT.reduce((seen, pattern) => seen.replace(pattern, `$1${REDACTED}`), text);
}

/** Fields as plain JSON values without secrets. Errors become objects; `stacks` adds the places in our own files. */
export function redactFields(fields: Readonly<Record<string, unknown>>, stacks: boolean): Record<string, unknown> {
  return redactObject(fields, stacks, 0);
}

function redactObject(value: object, stacks: boolean, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const secret = SECRET_FIELD.test(name) && field !== null && field !== undefined && typeof field !== "boolean";
    shown[name] = secret ? REDACTED : redactValue(field, stacks, depth + 1);
  }
  return shown;
}

function redactValue(value: unknown, stacks: boolean, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return redactText(value);
    case "object":
      break;
    case "bigint":
    case "symbol":
      return String(value);
    case "function":
      return undefined;
    default:
      return value;
  }
  if (value === null) return null;
  if (depth > MAX_DEPTH) return "…";
  if (value instanceof Error) return redactError(value, stacks, depth);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, stacks, depth + 1));
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return redactObject(value, stacks, depth);
}

function redactError(error: Error, stacks: boolean, depth: number): Record<string, unknown> {
  const { name, message, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    name,
    message: redactText(message),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(cause !== undefined && { cause: redactValue(cause, stacks, depth + 1) }),
    ...(stacks && { at: ownFrames(error.stack ?? "") }),
  };
}

/** `src/router/router.ts:85`: from our files alone and without the directory that they were built in. */
function ownFrames(stack: string): string[] {
  return [...stack.matchAll(/(?<![\w-])(src\/[\w./-]+\.tsx?:\d+)/g)].map((match) => match[1]!);
}
