import type { CacheMarker, Json, JsonObject } from "../../canonical/chat.ts";
import { type Fields, isObject } from "./json.ts";

/** Anthropic's marker, which OpenRouter and other proxies take on chat parts and tools. */
export function parseCache(fields: Fields): CacheMarker | undefined {
  const wire = fields.take("cache_control", isMarker);
  if (!wire) return undefined;
  return wire["ttl"] === "5m" || wire["ttl"] === "1h" ? { ttl: wire["ttl"] } : {};
}

export function formatCache(cache: CacheMarker): JsonObject {
  return { type: "ephemeral", ...(cache.ttl && { ttl: cache.ttl }) };
}

function isMarker(value: Json | undefined): value is JsonObject {
  if (!isObject(value) || value["type"] !== "ephemeral") return false;
  const { type: _, ttl, ...others } = value;
  return (ttl === undefined || ttl === "5m" || ttl === "1h") && Object.keys(others).length === 0;
}
