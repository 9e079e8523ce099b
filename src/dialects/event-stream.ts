/**
 * AWS's binary event stream (application/vnd.amazon.eventstream): messages of a prelude (total length, length of the
 * headers, CRC-32 of both), headers, payload and a CRC-32 of all before it; integers are big-endian. A message is
 * believed only when both sums are right: after a wrong one nobody knows where the next message begins.
 */
import { crc32 } from "node:zlib";

const PRELUDE_BYTES = 12;
const SUM_BYTES = 4;
/** AWS sends at most 24 MiB of payload and 128 KiB of headers. */
const MESSAGE_MAX_BYTES = 25 * 1024 * 1024;

export interface EventStreamMessage {
  /** As received, with prelude and sums. */
  bytes: Uint8Array;
  /** Headers of text, as `:event-type`; others are left out. */
  headers: Readonly<Record<string, string>>;
  payload: Uint8Array;
}

export interface EventStreamSplitter {
  /** The messages that are complete by now. */
  push(chunk: Uint8Array): EventStreamMessage[];
  /** Why the bytes are no such stream; nothing comes out any more. */
  broken(): string | undefined;
}

export function eventStreamSplitter(): EventStreamSplitter {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  /** Bytes without which nothing more can be read: a prelude, or a message whose length is known. */
  let needed = PRELUDE_BYTES;
  let fault: string | undefined;

  return {
    broken: () => fault,
    push(chunk) {
      if (fault !== undefined || chunk.byteLength === 0) return [];
      pending.push(chunk);
      pendingBytes += chunk.byteLength;
      if (pendingBytes < needed) return [];
      const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
      const messages: EventStreamMessage[] = [];
      let at = 0;
      needed = PRELUDE_BYTES;
      while (bytes.byteLength - at >= PRELUDE_BYTES) {
        const length = messageLength(bytes, at);
        if (typeof length === "string") fault = length;
        else if (bytes.byteLength - at < length) needed = length;
        else {
          const message = decodeMessage(bytes.subarray(at, at + length));
          if (typeof message === "string") fault = message;
          else messages.push(message);
          at += length;
          if (fault === undefined) continue;
        }
        break;
      }
      pending = fault === undefined && at < bytes.byteLength ? [bytes.subarray(at)] : [];
      pendingBytes = bytes.byteLength - at;
      return messages;
    },
  };
}

function messageLength(bytes: Uint8Array, at: number): number | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, PRELUDE_BYTES);
  const length = view.getUint32(0);
  if (length > MESSAGE_MAX_BYTES || length < PRELUDE_BYTES + SUM_BYTES) return "a message of impossible length";
  if (view.getUint32(4) > length - PRELUDE_BYTES - SUM_BYTES) return "headers longer than their message";
  return crc32(bytes.subarray(at, at + 8)) === view.getUint32(8) ? length : "a prelude with a wrong checksum";
}

function decodeMessage(bytes: Uint8Array): EventStreamMessage | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - SUM_BYTES;
  if (crc32(bytes.subarray(0, end)) !== view.getUint32(end)) return "a message with a wrong checksum";
  const headersEnd = PRELUDE_BYTES + view.getUint32(4);
  const headers = decodeHeaders(bytes, view, headersEnd);
  return headers ? { bytes, headers, payload: bytes.subarray(headersEnd, end) } : "a message with broken headers";
}

/** Bytes of a header's value by its type; texts and byte arrays (undefined) say their length themselves. */
const VALUE_BYTES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const TEXT = 7;

function decodeHeaders(bytes: Uint8Array, view: DataView, end: number): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let at = PRELUDE_BYTES;
  while (at < end) {
    const nameEnd = at + 1 + view.getUint8(at);
    if (nameEnd >= end) return undefined;
    const name = utf8(bytes, at + 1, nameEnd);
    const type = view.getUint8(nameEnd);
    at = nameEnd + 1;
    if (type >= VALUE_BYTES.length) return undefined;
    let length = VALUE_BYTES[type];
    if (length === undefined) {
      if (at + 2 > end) return undefined;
      length = view.getUint16(at);
      at += 2;
    }
    if (at + length > end) return undefined;
    if (type === TEXT) headers[name] = utf8(bytes, at, at + length);
    at += length;
  }
  return headers;
}

function utf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", start, end);
}

/** A message with headers of text. */
export function eventStreamMessage(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(payload);
  const length = PRELUDE_BYTES + head.byteLength + body.byteLength + SUM_BYTES;
  const message = Buffer.alloc(length);
  message.writeUInt32BE(length, 0);
  message.writeUInt32BE(head.byteLength, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  head.copy(message, PRELUDE_BYTES);
  body.copy(message, PRELUDE_BYTES + head.byteLength);
  message.writeUInt32BE(crc32(message.subarray(0, length - SUM_BYTES)), length - SUM_BYTES);
  return message;
}

function encodeHeader(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const sizes = Buffer.alloc(3);
  sizes.writeUInt8(TEXT, 0);
  sizes.writeUInt16BE(text.byteLength, 1);
  return Buffer.concat([Buffer.from([key.byteLength]), key, sizes, text]);
}
