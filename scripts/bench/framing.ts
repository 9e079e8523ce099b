const HEAD_END = Buffer.from("\r\n\r\n");
const CHUNKED_END = Buffer.from("0\r\n\r\n");
const CHUNKED_BODY_END = Buffer.from("\r\n0\r\n\r\n");

/** Offset of the body, or -1 while the head is not whole. */
export function headLength(buffer: Buffer): number {
  const end = buffer.indexOf(HEAD_END);
  return end < 0 ? -1 : end + HEAD_END.length;
}

export type Framing = { kind: "length"; bytes: number } | { kind: "chunked" };

/** How the body of a message with this head ends. */
export function framingOf(head: string): Framing {
  const lower = head.toLowerCase();
  const at = lower.indexOf("\r\ncontent-length:");
  if (at >= 0) return { kind: "length", bytes: Number.parseInt(lower.slice(at + 17, at + 32), 10) };
  return lower.includes("\r\ntransfer-encoding: chunked") ? { kind: "chunked" } : { kind: "length", bytes: 0 };
}

/** Length of the first whole HTTP message in the buffer; undefined while more must arrive. */
export function messageLength(buffer: Buffer): number | undefined {
  const bodyAt = headLength(buffer);
  if (bodyAt < 0) return undefined;
  const framing = framingOf(buffer.toString("latin1", 0, bodyAt));
  if (framing.kind === "length") {
    return buffer.length >= bodyAt + framing.bytes ? bodyAt + framing.bytes : undefined;
  }
  if (buffer.indexOf(CHUNKED_END, bodyAt) === bodyAt) return bodyAt + CHUNKED_END.length;
  const end = buffer.indexOf(CHUNKED_BODY_END, bodyAt);
  return end < 0 ? undefined : end + CHUNKED_BODY_END.length;
}

/** Whether a chunked body ends with these bytes. JSON and SSE with bare line feeds cannot hold this sequence. */
export function endsChunked(tail: Buffer): boolean {
  return tail.length >= CHUNKED_BODY_END.length && tail.subarray(-CHUNKED_BODY_END.length).equals(CHUNKED_BODY_END);
}
