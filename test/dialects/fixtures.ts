import { readdirSync, readFileSync } from "node:fs";
import type { JsonObject } from "../../src/canonical/chat.ts";

const ROOT = new URL("./fixtures/", import.meta.url).pathname;

/** Hand-written bodies and streams of a dialect: `request-*.json`, `reply-*.json`, `stream-*`. */
export interface Fixtures {
  requests: [string, JsonObject][];
  replies: [string, JsonObject][];
  streams: [string, Uint8Array][];
}

export function fixturesOf(dialect: string): Fixtures {
  const folder = `${ROOT}${dialect}/`;
  const names = readdirSync(folder).sort();
  const json = (prefix: string): [string, JsonObject][] =>
    names
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name, JSON.parse(readFileSync(folder + name, "utf8"))]);
  return {
    requests: json("request-"),
    replies: json("reply-"),
    streams: names
      .filter((name) => name.startsWith("stream-"))
      .map((name) => [name, new Uint8Array(readFileSync(folder + name))]),
  };
}
