/** Stored questions like this one, and which of them may be served. */
import type { Clock } from "../canonical/deps.ts";
import type { Analysis } from "./analysis.ts";
import { type Considered, type Decision, decide, type Rule, type Score } from "./decide.ts";
import { eligibleLength } from "./eligibility.ts";
import type { Embedder } from "./embedding/embedder.ts";
import type { Entry } from "./entry.ts";
import { cellOf } from "./evidence.ts";
import { MAX_LEVEL } from "./guards/ladder.ts";
import { inTime } from "./in-time.ts";
import type { VectorIndex } from "./index/vector-index.ts";
import type { Lexicon } from "./lexicon/lexicon.ts";

export interface NeighbourDeps {
  clock: Clock;
  embedder: Embedder;
  index: VectorIndex;
  lexicon(): Lexicon;
}

export interface Neighbours extends Decision {
  /** Why nothing was looked at. */
  reason?: string;
}

/** Neighbours that are decided about; the right one is hardly ever further down. */
const LIMIT = 5;
/** Slower searches are misses. */
const SEARCH_TIMEOUT_MS = 100;

/** An entry of equal canonical form passes every guard, whatever the model would say of it. */
const CANONICAL_SCORE: Score = { level: MAX_LEVEL, cosine: 1 };

/** `canonical`: the entry whose canonical key is the same, where there is one. Never rejects. */
export async function neighbours(
  { text, question, context }: Analysis,
  canonical: Entry | undefined,
  rule: Rule,
  { clock, embedder, index, lexicon }: NeighbourDeps,
): Promise<Neighbours> {
  if (canonical) {
    const found: Considered = { id: canonical.key, ...CANONICAL_SCORE };
    if (rule(CANONICAL_SCORE)) return { hit: found, considered: [found] };
    return { considered: [{ ...found, reason: "not enough evidence for this score" }] };
  }
  if (embedder.state() !== "ready") {
    void embedder.warm();
    return { considered: [], reason: "the embedding model is not ready" };
  }
  const embedding = await embedder.embed(text);
  if (!embedding) return { considered: [], reason: "the embedding was not there in time" };
  if (!eligibleLength(embedding.pieces)) return { considered: [], reason: "too long" };
  const query = { context, vector: embedding.vector, limit: LIMIT, nowMs: clock.now() };
  const found = await inTime(clock, SEARCH_TIMEOUT_MS, index.search(query));
  if (!found) return { considered: [], reason: "the search was not there in time" };
  const candidates = found.map(({ key, ...rest }) => ({ id: key, ...rest }));
  return decide(question, candidates, rule, lexicon());
}

/** The one to learn from: that with the strictest score for which evidence is kept. */
export function strictest(considered: readonly Considered[]): Considered | undefined {
  return considered
    .filter((one) => cellOf(one) !== undefined)
    .toSorted((a, b) => b.level - a.level || b.cosine - a.cosine)[0];
}
