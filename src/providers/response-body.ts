/**
 * The rest of a body after the chunks that were already read, never more than `maxBytes` in all. Past the bound
 * `refuse` throws BodyTooLarge and `cut` keeps what is within it. Rejects with the transport's error when the
 * connection breaks.
 */
export async function collectBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: readonly Uint8Array[],
  maxBytes: number,
  past: "refuse" | "cut",
): Promise<Uint8Array> {
  const chunks = [...first];
  let length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  for (;;) {
    if (length > maxBytes) {
      await reader.cancel();
      if (past === "refuse") throw new BodyTooLarge(maxBytes);
      return Buffer.concat(chunks).subarray(0, maxBytes);
    }
    const { done, value } = await reader.read();
    if (done) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks.push(value);
    length += value.byteLength;
  }
}

export class BodyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`The body is larger than ${maxBytes} bytes.`);
    this.name = "BodyTooLarge";
  }
}
