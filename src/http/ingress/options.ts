/** The client's wishes in `x-evergate-*` and `Idempotency-Key`, checked: a wrong one is refused, never ignored. */
import type { CallOptions } from "../../canonical/call.ts";
import { GatewayError } from "../../canonical/errors.ts";
import type { RequestHeaders } from "./credential.ts";

const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1_000;
const MAX_TAGS = 32;
const MAX_TAG_NAME_LENGTH = 64;
const MAX_TEXT_LENGTH = 256;
/** The bound of the IETF draft's most used implementations. */
const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

/** Throws GatewayError("invalid_request") with the header's name as `param`. */
export function readOptions(headers: RequestHeaders): CallOptions {
  const options: CallOptions = { fallback: true, explain: false };
  const cache = oneOf(headers, "x-evergate-cache", ["off", "refresh", "only"] as const);
  if (cache) options.cache = cache;
  if (oneOf(headers, "x-evergate-fallback", ["off"] as const)) options.fallback = false;
  const continuation = oneOf(headers, "x-evergate-continuation", ["off", "resume"] as const);
  if (continuation) options.continuation = continuation;
  if (oneOf(headers, "x-evergate-explain", ["1"] as const)) options.explain = true;
  const timeoutMs = wholeMilliseconds(headers, "x-evergate-timeout-ms");
  if (timeoutMs !== undefined) options.timeoutMs = timeoutMs;
  const user = text(headers, "x-evergate-user", MAX_TEXT_LENGTH);
  if (user !== undefined) options.user = user;
  const session = text(headers, "x-evergate-session", MAX_TEXT_LENGTH);
  if (session !== undefined) options.session = session;
  const tags = headers["x-evergate-tags"];
  if (tags !== undefined) options.tags = parseTags(tags);
  const idempotencyKey = text(headers, "idempotency-key", MAX_IDEMPOTENCY_KEY_LENGTH);
  if (idempotencyKey !== undefined) options.idempotencyKey = idempotencyKey;
  return options;
}

function oneOf<T extends string>(headers: RequestHeaders, name: string, values: readonly T[]): T | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  const known = values.find((candidate) => candidate === value.trim().toLowerCase());
  if (known === undefined) throw refused(name, `must be ${values.map((v) => `"${v}"`).join(" or ")}`);
  return known;
}

function wholeMilliseconds(headers: RequestHeaders, name: string): number | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  const ms = /^[0-9]{1,9}$/.test(value) ? Number(value) : 0;
  if (ms < 1 || ms > MAX_TIMEOUT_MS) throw refused(name, `must be a whole number from 1 to ${MAX_TIMEOUT_MS}`);
  return ms;
}

function text(headers: RequestHeaders, name: string, maxLength: number): string | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  if (value === "" || value.length > maxLength) throw refused(name, `must have 1 to ${maxLength} characters`);
  return value;
}

/** `a=b,c=d`. Values may hold `=`, not `,`. */
function parseTags(value: string): Record<string, string> {
  const header = "x-evergate-tags";
  const pairs = value.split(",");
  if (pairs.length > MAX_TAGS) throw refused(header, `must have at most ${MAX_TAGS} tags`);
  const tags = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(equals, 0)).trim();
    const content = pair.slice(equals + 1).trim();
    if (name === "" || content === "") throw refused(header, 'must be a list of the form "name=value,name=value"');
    if (name.length > MAX_TAG_NAME_LENGTH || content.length > MAX_TEXT_LENGTH)
      throw refused(header, `has a name over ${MAX_TAG_NAME_LENGTH} or a value over ${MAX_TEXT_LENGTH} characters`);
    if (tags.has(name)) throw refused(header, `names the tag "${name}" twice`);
    tags.set(name, content);
  }
  return Object.fromEntries(tags);
}

function refused(header: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `The header ${header} ${what}.`, { param: header });
}
