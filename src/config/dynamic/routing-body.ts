/** What a change of a provider or model makes of its settings: each field given replaces the old one as a whole. */

import { keyName } from "../references.ts";
import { isMask, type Settings, secretPlaces } from "./routing-secrets.ts";

/** `changes`: null takes a field away. What a body holds as a mask, or leaves out of a key it names, stays as it was. */
export function changedSettings(before: Settings, changes: Settings): Record<string, unknown> {
  const kept = {
    ...changes,
    ...(Array.isArray(changes["keys"]) && { keys: changes["keys"].map((key) => keptKey(key, before["keys"])) }),
    ...(isObject(changes["headers"]) && { headers: keptHeaders(changes["headers"], before["headers"]) }),
  };
  return withoutNull({ ...before, ...kept });
}

/**
 * The field that leads secrets elsewhere which the body does not hold: stored ones go only where they were given for, or
 * whoever holds an admin token could have them sent to a server of his own. Undefined: none does.
 */
export function leadsAway(before: Settings, changes: Settings, next: Settings): string | undefined {
  const field = WHERE_TO.find((one) => before[one] !== next[one]);
  if (field === undefined) return undefined;
  const given = new Set(secretPlaces({ type: next["type"], ...changes }).map(({ value }) => value));
  return secretPlaces(next).some(({ value }) => !given.has(value)) ? field : undefined;
}

/** What decides whom a provider's secrets are sent to; regions and locations stay within their vendor's domain. */
const WHERE_TO = ["baseUrl", "type"];

export function withoutNull(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

const SECRET_FIELDS = ["secret", "accessKeyId", "secretAccessKey", "sessionToken"];

/** Names and weights can be changed by whoever does not know the secret. */
function keptKey(key: unknown, before: unknown): unknown {
  if (!isObject(key) || SECRET_FIELDS.some((field) => key[field] !== undefined && !isMask(key[field]))) return key;
  const old = (Array.isArray(before) ? before : [])
    .map((one, index) => (isObject(one) ? { name: keyName(index), ...one } : { name: keyName(index), secret: one }))
    .find(({ name }) => name === key["name"]) as Settings | undefined;
  if (!old) return key;
  const secrets = SECRET_FIELDS.filter((field) => old[field] !== undefined).map((field) => [field, old[field]]);
  return withoutNull({ ...key, ...Object.fromEntries(secrets) });
}

function keptHeaders(headers: Settings, before: unknown): Settings {
  if (!isObject(before)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isMask(value) ? (before[name] ?? value) : value]),
  );
}

function isObject(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
