/** Learning from a call that went upstream although something like it was stored: was the stored answer as good? */
import type { Answer } from "../canonical/events.ts";
import type { CacheParts } from "./cache.ts";
import type { Judge } from "./judge.ts";
import type { Lookup } from "./lookup.ts";
import { sameAnswer } from "./same-answer.ts";
import { countVerified } from "./verified.ts";

export interface Lessons {
  /** Compares in the background; never rejects. */
  learn(lookup: Lookup, fresh: Answer, judge: Judge | undefined): Promise<void>;
}

/** Comparisons at once; whoever comes then teaches nothing, whatever the outcome would be. */
const MAX_RUNNING = 8;

export function createLessons(parts: CacheParts): Lessons {
  const { deps, answers, embedder } = parts;
  let running = 0;

  const compare = async (lookup: Lookup, fresh: Answer, judge: Judge | undefined) => {
    const lesson = await lookup.lesson;
    if (!lesson) return;
    const { id, cell, namespace, whileServing } = lesson;
    const stored = await answers.get(id, deps.clock.now());
    if (!stored) return;
    const verdict = await sameAnswer(lookup.analysis?.text ?? "", stored.answer, fresh, { embedder, judge });
    lookup.explanation.verified = { ...verdict, id, cell };
    countVerified(parts, { namespace, cell, wrong: !verdict.same, whileServing });
  };

  return {
    async learn(lookup, fresh, judge) {
      if (!lookup.lesson || running >= MAX_RUNNING) return;
      running += 1;
      try {
        await compare(lookup, fresh, judge);
      } catch (error) {
        deps.log("warn", "A cached answer could not be compared with the fresh one.", { error });
      } finally {
        running -= 1;
      }
    },
  };
}
