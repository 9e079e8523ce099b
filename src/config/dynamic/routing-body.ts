/** What a change of a provider or model makes of its settings: each field given replaces the old one as a whole. */

import { keyName } from "../references.ts";
import { isMask, type Settings } from "./routing-secrets.ts";

/** `changes`: null takes a field away. What a body holds as a mask, or leaves out of a key it names, stays as it was. */
export function changedSettings(before: Settings, changes: Settings): Record<string, unknown> {
  const kept = {
    ...changes,
    ...(Array.isArray(changes["keys"]) && { keys: changes["keys"].map((key) => keptKey(key, before["keys"])) }),
    ...(isObject(changes["headers"]) && { headers: keptHeaders(changes["headers"], before["headers"]) }),
  };
  return withoutNull({ ...before, ...kept });
}

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
