/** How alike an answer is to the one that a reference model gives to the same question. */
import type { Ask } from "../../canonical/ask.ts";
import type { ChatRequest } from "../../canonical/chat.ts";
import { originOf } from "./judge.ts";
import { plainTurnsOf, type Subject } from "./subject.ts";

const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_TOKENS = 4_096;
const MAX_WORDS = 5_000;

/** Null where the question is more than text, so that it cannot be asked again. Rejects when there is no answer. */
export async function similarity(
  { name, model }: { name: string; model: string },
  request: ChatRequest,
  subject: Subject,
  ask: Ask,
): Promise<{ score: number; costNanoUsd: number | null } | null> {
  const turns = plainTurnsOf(request);
  if (!turns || subject.text.trim() === "") return null;
  const { text, costNanoUsd } = await ask(model, turns, {
    origin: originOf(name),
    timeoutMs: TIMEOUT_MS,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  return { score: overlap(subject.text, text), costNanoUsd };
}

/** Harmonic mean of the shares of words that each text has in common with the other (token F1). */
export function overlap(first: string, second: string): number {
  const a = wordsOf(first);
  const b = wordsOf(second);
  if (a.length === 0 || b.length === 0) return 0;
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common += 1;
  }
  return (2 * common) / (a.length + b.length);
}

/** Words; of scripts that write without spaces, characters. */
function wordsOf(text: string): string[] {
  const words = text
    .toLowerCase()
    .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu);
  return (words ?? []).slice(0, MAX_WORDS);
}
