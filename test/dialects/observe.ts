import type { ChatRequest, JsonObject, Part } from "../../src/canonical/chat.ts";
import type { ReplyEvent } from "../../src/canonical/events.ts";
import type { Piece } from "../../src/canonical/reply.ts";
import type { BodyChanges, Dialect, WriterOptions } from "../../src/dialects/dialect.ts";

export const OPTIONS: WriterOptions = { includeUsage: true, requestId: "req-1", createdSeconds: 1_700_000_000 };

/** A target that asks for no change. */
export function unchanged(body: JsonObject): BodyChanges {
  const { model } = body;
  return {
    traits: { model: typeof model === "string" ? model : "m", vendor: "openai-compatible" },
    stream: body["stream"] === true,
  };
}

export function parse(dialect: Dialect, body: JsonObject): ChatRequest {
  return dialect.parseRequest(structuredClone(body), pathOf(body));
}

/** Where a dialect has the model in the path, its bodies have none. */
export function pathOf(body: JsonObject): { model?: string } | undefined {
  return body["model"] === undefined ? { model: "m" } : undefined;
}

export function piecesOf(dialect: Dialect, chunks: readonly Uint8Array[]): Piece[] {
  const reader = dialect.frameReader();
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
}

export function eventsOf(dialect: Dialect, pieces: readonly Piece[]): ReplyEvent[] {
  const read = dialect.eventReader();
  return pieces.flatMap((piece) => [...read(piece)]);
}

export function joined(pieces: readonly Piece[]): Uint8Array {
  return Buffer.concat(pieces.flatMap((piece) => (piece.bytes ? [piece.bytes] : [])));
}

export function partsOf(content: string | Part[]): Part[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

export function textOf(content: string | Part[]): string {
  return partsOf(content)
    .map((part) => (part.type === "text" ? part.text : ""))
    .join("");
}

export function callsOf(content: string | Part[]): unknown[] {
  return partsOf(content).flatMap((part) =>
    part.type === "tool-call" && !part.custom ? [[part.id, part.name, JSON.parse(part.arguments || "{}")]] : [],
  );
}
