import type { Answer } from "../canonical/events.ts";
import { eligibleLength } from "./eligibility.ts";
import type { Embedder } from "./embedding/embedder.ts";
import type { Judge } from "./judge.ts";

/** Answers of one meaning in different words are mostly above it; where they are not, a hit counts as wrong. */
const MIN_COSINE = 0.92;

export interface Verdict {
  same: boolean;
  /** What decided. */
  by: "text" | "numbers" | "embedding" | "judge" | "doubt";
}

/**
 * Whether the stored answer says what the fresh one says: equal text, else vectors close together with the same numbers
 * in both, else a judge. In doubt they differ: evidence must never be better than the truth.
 */
export async function sameAnswer(
  question: string,
  stored: Answer,
  fresh: Answer,
  { embedder, judge }: { embedder: Embedder; judge?: Judge | undefined },
): Promise<Verdict> {
  const [a, b] = [textOf(stored), textOf(fresh)];
  if (folded(a) === folded(b)) return { same: true, by: "text" };
  const numbers = numbersOf(a) === numbersOf(b);
  if (!numbers && !judge) return { same: false, by: "numbers" };
  if (numbers && (await areNear(a, b, embedder))) return { same: true, by: "embedding" };
  return judge ? { same: await judge.sameAnswer(question, a, b), by: "judge" } : { same: false, by: "doubt" };
}

/** The visible text of the first choice. */
function textOf({ choices }: Answer): string {
  const content = choices[0]?.message.content ?? "";
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

async function areNear(a: string, b: string, embedder: Embedder): Promise<boolean> {
  const [one, two] = [await embedder.embed(a), await embedder.embed(b)];
  // Of what the model cannot see nothing is known.
  if (!one || !two || !eligibleLength(one.pieces) || !eligibleLength(two.pieces)) return false;
  return one.vector.reduce((sum, value, i) => sum + value * two.vector[i]!, 0) >= MIN_COSINE;
}

function folded(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function numbersOf(text: string): string {
  return (text.match(/\d+(?:[.,:/-]\d+)*/g) ?? []).sort().join(" ");
}
