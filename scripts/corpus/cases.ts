/** Recorded traffic of providers, read from a directory outside the repository: it is other people's and stays there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Json, JsonObject } from "../../src/canonical/chat.ts";
import { OPERATION_APIS } from "./operations.ts";

/** Which dialect speaks a recorded API. Others are no chat of these dialects. */
const DIALECT_OF_API: Readonly<Record<string, string>> = {
  chat: "openai-chat",
  messages: "anthropic-messages",
  responses: "openai-responses",
  generateContent: "gemini",
  streamGenerateContent: "gemini",
  error: "gemini",
  converse: "bedrock-converse",
  "converse-stream": "bedrock-converse",
  "v2/chat": "cohere",
  "v1/chat": "cohere",
  "ollama-chat": "ollama",
};

const CHAT_KINDS = ["chat", "error", "stream_error", "blocked"];
const BODY_FILES = ["response.sse", "response.ndjson", "response.bin", "response.json", "response.txt"];

export interface Case {
  /** `provider/case`. */
  name: string;
  provider: string;
  dialect: string;
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  /** The upstream's answer is a stream of frames. */
  framed: boolean;
  model: string;
  /** What the client had asked, in OpenAI's form. */
  request: JsonObject | undefined;
  stream: boolean;
  expect: JsonObject;
}

export interface Recordings {
  cases: Case[];
  /** Recordings of other APIs than chat, by API. */
  elsewhere: Map<string, number>;
}

export function recordings(root: string): Recordings {
  const cases: Case[] = [];
  const elsewhere = new Map<string, number>();
  for (const directory of directoriesWith(root, "expect.json")) {
    const meta = readJson(`${directory}/meta.json`);
    const expect = readJson(`${directory}/expect.json`);
    const api = String(meta["api"]);
    const dialect = DIALECT_OF_API[api];
    if (!dialect || !CHAT_KINDS.includes(String(expect["kind"]))) {
      if (!OPERATION_APIS.has(api)) elsewhere.set(api, (elsewhere.get(api) ?? 0) + 1);
      continue;
    }
    const file = BODY_FILES.find((name) => existsSync(`${directory}/${name}`));
    if (!file) continue;
    const requestFile = `${directory}/client_request.json`;
    const request = existsSync(requestFile) ? readJson(requestFile) : undefined;
    const name = directory.slice(root.length + 1);
    cases.push({
      name,
      provider: name.split("/").at(name.startsWith("_") ? 1 : 0) ?? name,
      dialect,
      status: Number(readFileSync(`${directory}/status`, "utf8")),
      headers: existsSync(`${directory}/headers.json`) ? textsOf(readJson(`${directory}/headers.json`)) : {},
      body: new Uint8Array(readFileSync(`${directory}/${file}`)),
      framed: !["response.json", "response.txt"].includes(file),
      model: String(meta["model"] ?? "model"),
      request: Array.isArray(request?.["messages"]) ? request : undefined,
      stream: request ? request["stream"] === true : meta["stream"] === true,
      expect,
    });
  }
  return { cases, elsewhere };
}

export function directoriesWith(root: string, file: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    const path = `${root}/${entry.name}`;
    if (existsSync(`${path}/${file}`)) found.push(path);
    else found.push(...directoriesWith(path, file));
  }
  return found;
}

export function readJson(path: string): JsonObject {
  return JSON.parse(readFileSync(path, "utf8")) as JsonObject;
}

function textsOf(headers: Record<string, Json>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
