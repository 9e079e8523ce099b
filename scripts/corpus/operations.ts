/**
 * Recorded answers of operations besides chat, and of dialects to their own clients: embeddings for clients of OpenAI
 * (both encodings) and of Gemini, legacy completions, and Responses byte for byte.
 */
import { existsSync, readFileSync } from "node:fs";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { collect } from "../../src/canonical/events.ts";
import { openaiCompletions } from "../../src/dialects/openai-completions/openai-completions.ts";
import { openaiResponses } from "../../src/dialects/openai-responses/openai-responses.ts";
import { embeddings } from "../../src/dialects/operations/embeddings/embeddings.ts";
import { directoriesWith, readJson } from "./cases.ts";
import { cutsOf } from "./cuts.ts";
import type { Row } from "./report.ts";

/** Dialects of the forms in which vendors answered. */
const EMBED_DIALECTS: Readonly<Record<string, string>> = { ollama: "ollama", vertex: "vertex-predict" };
/** APIs that are judged here. */
export const OPERATION_APIS: ReadonlySet<string> = new Set(["embeddings", "predict", "completions"]);

export function operationRows(root: string): Row[] {
  return directoriesWith(root, "expect.json").flatMap((directory): Row[] => {
    const meta = readJson(`${directory}/meta.json`);
    const expect = readJson(`${directory}/expect.json`);
    const name = directory.slice(root.length + 1);
    const provider = String(meta["provider"]);
    const row = (group: string, faults: string[]): Row[] => [{ name: `${name} (${group})`, group, faults }];
    switch (expect["kind"]) {
      case "embeddings":
        return row("operations: embeddings", embeddingFaults(directory, provider, expect));
      case "text_completion":
        return row("operations: completions", completionFaults(directory, expect));
      default:
        return meta["api"] === "responses"
          ? row("operations: responses for their own clients", responseFaults(directory))
          : [];
    }
  });
}

type Client = (vectors: JsonObject) => number[][];

const asFloats: Client = ({ data }) => (data as JsonObject[]).map(({ embedding }) => embedding as number[]);
const asBase64: Client = ({ data }) => (data as JsonObject[]).map(({ embedding }) => floatsOf(embedding as string));
const asGemini: Client = ({ embeddings: list }) => (list as JsonObject[]).map(({ values }) => values as number[]);

function embeddingFaults(directory: string, provider: string, expect: JsonObject): string[] {
  const upstream = EMBED_DIALECTS[provider] ?? "openai-chat";
  const input = Array.from({ length: Number(expect["count"]) }, () => "text");
  const requests = input.map((text) => ({ content: { parts: [{ text }] } }));
  const clients: [string, JsonObject, Client][] = [
    ["openai-chat", { model: "m", input, encoding_format: "float" }, asFloats],
    ["openai-chat", { model: "m", input, encoding_format: "base64" }, asBase64],
    ["gemini", { requests }, asGemini],
  ];
  const reply = readJson(`${directory}/response.json`);
  return clients.flatMap(([client, json, read]) => {
    const asked = { bytes: Buffer.from(JSON.stringify(json)), json };
    const prepared = embeddings.wire(client, upstream)!.prepare(asked, { model: "m", vendor: "openai-compatible" });
    const { bytes, usage } = prepared.read!(reply, Buffer.from(JSON.stringify(reply)));
    const vectors = read(JSON.parse(Buffer.from(bytes).toString()) as JsonObject);
    return vectorFaults(vectors, usage?.input, expect).map((fault) => `${client}: ${fault}`);
  });
}

function vectorFaults(vectors: number[][], tokens: number | undefined, expect: JsonObject): string[] {
  const faults: string[] = [];
  const { count, dimensions, first_values: first, base64_prefix: prefixes, usage } = expect;
  if (vectors.length !== count) faults.push(`${vectors.length} vectors instead of ${count}`);
  if (dimensions !== undefined && vectors.some(({ length }) => length !== dimensions)) faults.push("other dimensions");
  for (const [index, values] of ((first ?? []) as number[][]).entries())
    for (const [place, value] of values.entries())
      if (Math.fround(vectors[index]![place]!) !== Math.fround(value)) faults.push(`vector ${index} differs`);
  for (const [index, prefix] of ((prefixes ?? []) as string[]).entries())
    if (!Buffer.from(new Float32Array(vectors[index]!).buffer).toString("base64").startsWith(prefix))
      faults.push(`vector ${index} differs`);
  const wanted = (usage as JsonObject | undefined)?.["prompt_tokens"];
  if (wanted !== undefined && tokens !== wanted) faults.push(`${tokens} tokens instead of ${wanted}`);
  return faults;
}

function completionFaults(directory: string, expect: JsonObject): string[] {
  const body = readJson(`${directory}/response.json`);
  const { choices, usage } = openaiCompletions.parseReply(body);
  const texts = choices.map(({ message: { content } }) =>
    typeof content === "string" ? content : content.map((part) => (part.type === "text" ? part.text : "")).join(""),
  );
  const wanted = (expect["choices"] as JsonObject[]).map(({ text }) => text);
  const faults = Bun.deepEquals(texts, wanted) ? [] : ["other texts"];
  const told = expect["usage"] as JsonObject;
  if (usage?.input !== told["prompt_tokens"] || usage?.output !== told["completion_tokens"]) faults.push("other usage");
  const asked = readJson(`${directory}/client_request.json`);
  const facts = openaiCompletions.inspect(asked);
  if (facts.choices !== choices.length) faults.push(`${facts.choices} answers foreseen of ${choices.length}`);
  return faults;
}

/** What comes is what goes out, however it is cut; a whole answer is understood. */
function responseFaults(directory: string): string[] {
  const file = `${directory}/response.sse`;
  if (!existsSync(file)) {
    try {
      openaiResponses.parseReply(readJson(`${directory}/response.json`));
      return [];
    } catch (error) {
      return readFileSync(`${directory}/status`, "utf8").trim() === "200" ? [`not understood: ${error}`] : [];
    }
  }
  const body = new Uint8Array(readFileSync(file));
  return cutsOf(body, openaiResponses.name, true).flatMap(({ name, chunks }) => {
    const reader = openaiResponses.frameReader();
    const pieces = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
    const failed = pieces.some(({ failure }) => failure);
    const sent = Buffer.concat(chunks);
    const kept = Buffer.concat(pieces.flatMap(({ bytes }) => (bytes ? [bytes] : [])));
    const read = openaiResponses.eventReader();
    if (!failed) collect(pieces.flatMap((piece) => [...read(piece)]));
    return failed || kept.equals(sent) ? [] : [`${name}: other bytes than came`];
  });
}

function floatsOf(base64: string): number[] {
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  return [...new Float32Array(bytes.buffer)];
}
