/**
 * A Gemini stream without `alt=sse` is one JSON list that grows by an element a chunk. The dialect writes frames; here
 * their data is put into the list, so that both forms carry the same bytes.
 */
import { sseFrames } from "../dialects/sse.ts";
import type { PieceEncoder } from "./reply-encoder.ts";

export function jsonArrayEncoder(inner: PieceEncoder): PieceEncoder {
  let begun = false;
  const elements = (frames: Uint8Array | undefined): string => {
    let text = "";
    for (const { data } of frames ? sseFrames(frames) : []) {
      if (data === undefined) continue;
      text += begun ? `,\r\n${data}` : `[${data}`;
      begun = true;
    }
    return text;
  };
  const last = (frames: Uint8Array | undefined) => Buffer.from(`${elements(frames)}${begun ? "" : "["}]`);
  return {
    write: (piece) => Buffer.from(elements(inner.write(piece))),
    end: () => last(inner.end()),
    error: last,
  };
}
