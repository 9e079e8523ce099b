/** The ways in which a network may cut one body into chunks: the answer must be the same for each of them. */
export interface Cut {
  name: string;
  chunks: Uint8Array[];
}

const SMALL_BYTES = 7;
const PACKET_BYTES = 1_013;
const CR = 0x0d;
const LF = 0x0a;
/** First 12 bytes of an AWS event-stream frame: its lengths and their checksum. */
const PRELUDE_BYTES = 12;

export function cutsOf(body: Uint8Array, dialect: string, framed: boolean): Cut[] {
  const cuts: Cut[] = [{ name: "whole", chunks: [body] }];
  if (!framed) return [...cuts, { name: "packets", chunks: chunked(body, PACKET_BYTES) }];
  cuts.push(
    { name: "byte by byte", chunks: chunked(body, 1) },
    { name: "by sevens", chunks: chunked(body, SMALL_BYTES) },
    { name: "packets", chunks: chunked(body, PACKET_BYTES) },
    { name: "inside UTF-8", chunks: splitAt(body, insideCharacters(body)) },
  );
  if (dialect === "bedrock-converse") {
    cuts.push({ name: "inside event-stream frames", chunks: splitAt(body, insideFrames(body)) });
    return cuts;
  }
  const lines = new TextDecoder().decode(body).replaceAll("\r\n", "\n");
  const crlf = new TextEncoder().encode(lines.replaceAll("\n", "\r\n"));
  cuts.push({ name: "CRLF", chunks: [crlf] }, { name: "inside CRLF", chunks: splitAt(crlf, insideCrlf(crlf)) });
  // Lines of newline-delimited JSON end in LF or CRLF; a lone CR ends a line of server-sent events alone.
  if (dialect !== "ollama") cuts.push({ name: "CR", chunks: [new TextEncoder().encode(lines.replaceAll("\n", "\r"))] });
  return cuts;
}

function chunked(body: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) chunks.push(body.subarray(at, at + size));
  return chunks;
}

function splitAt(body: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places, body.length];
  return bounds.slice(1).map((end, i) => body.subarray(bounds[i], end));
}

/** Before every continuation byte. */
function insideCharacters(body: Uint8Array): number[] {
  return placesWhere(body, (at) => (body[at]! & 0xc0) === 0x80);
}

function insideCrlf(body: Uint8Array): number[] {
  return placesWhere(body, (at) => body[at] === LF && body[at - 1] === CR);
}

/** Inside the prelude, after it, inside the headers and inside the checksum at the end. */
function insideFrames(body: Uint8Array): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const places: number[] = [];
  for (let at = 0; at + PRELUDE_BYTES <= body.length; ) {
    const length = view.getUint32(at);
    if (length < PRELUDE_BYTES + 4) break;
    for (const offset of [2, 6, 10, PRELUDE_BYTES, PRELUDE_BYTES + 3, length - 2]) places.push(at + offset);
    at += length;
  }
  return [...new Set(places)].filter((at) => at < body.length).toSorted((a, b) => a - b);
}

function placesWhere(body: Uint8Array, isPlace: (at: number) => boolean): number[] {
  const places: number[] = [];
  for (let at = 1; at < body.length; at++) if (isPlace(at)) places.push(at);
  return places;
}
