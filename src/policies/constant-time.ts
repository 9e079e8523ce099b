import { timingSafeEqual } from "node:crypto";

/** How long it takes tells nothing of where two secrets differ, only whether their lengths do. */
export function equalInConstantTime(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
