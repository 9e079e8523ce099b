import type { MediaSource } from "../../canonical/chat.ts";

const BASE64 = ";base64,";
/** Media types with parameters are short; a longer head is no data URL of ours. */
const MAX_HEAD_CHARACTERS = 200;

/** `data:image/png;base64,…` as media; undefined for every other address, which then stays one. */
export function parseDataUrl(url: string): MediaSource | undefined {
  if (!url.startsWith("data:")) return undefined;
  const mark = url.slice(0, MAX_HEAD_CHARACTERS).indexOf(BASE64);
  if (mark <= 5) return undefined;
  return { kind: "base64", mediaType: url.slice(5, mark), data: url.slice(mark + BASE64.length) };
}

export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType}${BASE64}${data}`;
}
