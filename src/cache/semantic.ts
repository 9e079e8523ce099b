/**
 * Answers to requests that mean the same, by mode. `on` serves what passes every guard. `verified` serves what the
 * evidence allows, and lets a uniform share of these hits go upstream all the same, where the fresh answer shows
 * whether the stored one was right: the client gets the fresh one, so that verifying costs what no cache would cost
 * and no more. `shadow` serves nothing; like `verified` without evidence it looks while the upstream works, so that it
 * takes no time of the call.
 */
import type { Call } from "../canonical/call.ts";
import type { CacheParts } from "./cache.ts";
import { type Considered, type Rule, strictRule } from "./decide.ts";
import type { Entry } from "./entry.ts";
import { cellOf } from "./evidence.ts";
import type { Judge } from "./judge.ts";
import { type Lesson, type Lookup, namespaceOf } from "./lookup.ts";
import { neighbours, strictest } from "./neighbours.ts";
import type { SemanticOptions } from "./settings.ts";

export interface SemanticHit {
  entry: Entry;
  found: Considered;
  judged: boolean;
}

/** Share of the hits that go upstream instead. With less, drift is seen late; with more, less is saved. */
const SAMPLE_SHARE = 0.05;

const NOTHING: Rule = () => false;

export interface Semantic {
  /** The entry to serve. May leave a lesson on the look-up instead. */
  find(
    call: Call,
    lookup: Lookup,
    canonical: Entry | undefined,
    judge: Judge | undefined,
  ): Promise<SemanticHit | undefined>;
}

export function createSemantic(parts: CacheParts): Semantic {
  const { deps, answers, pools } = parts;

  /** The neighbours of the call; what was found is on its explanation. */
  const look = async (lookup: Lookup, canonical: Entry | undefined, rule: Rule) => {
    const found = await neighbours(lookup.analysis!, canonical, rule, { ...parts, clock: deps.clock });
    lookup.explanation.considered = found.considered;
    if (found.reason) lookup.explanation.reason = found.reason;
    return found;
  };

  const entryOf = async (id: string, canonical: Entry | undefined): Promise<Entry | undefined> =>
    canonical?.key === id ? canonical : answers.get(id, deps.clock.now());

  /** Whether a judge takes the stored question for the same; the entry if so. */
  const askJudge = async (lookup: Lookup, candidate: Considered, judge: Judge): Promise<Entry | undefined> => {
    const entry = await entryOf(candidate.id, undefined);
    if (!entry) return undefined;
    const yes = await judge.sameQuestion(entry.text, lookup.analysis!.text);
    lookup.explanation.judge = { id: candidate.id, yes };
    return yes ? entry : undefined;
  };

  const lessonOf = (call: Call, lookup: Lookup, found: Considered, how: { judged: boolean; whileServing: boolean }) => {
    const cell = cellOf(found);
    if (!cell) return undefined;
    return { id: found.id, cell, namespace: namespaceOf(call, lookup, how.judged), whileServing: how.whileServing };
  };

  const serveOn: Semantic["find"] = async (_call, lookup, canonical, judge) => {
    const { hit, judge: doubtful } = await look(lookup, canonical, strictRule);
    if (hit) {
      const entry = await entryOf(hit.id, canonical);
      return entry && { entry, found: hit, judged: false };
    }
    if (!doubtful || !judge) return undefined;
    const entry = await askJudge(lookup, doubtful, judge);
    return entry && { entry, found: doubtful, judged: true };
  };

  /** Nothing may be served: looks in the background, for the lesson. */
  const learnOnly = async (
    call: Call,
    lookup: Lookup,
    canonical: Entry | undefined,
    judge: Judge | undefined,
  ): Promise<Lesson | undefined> => {
    const { considered, judge: doubtful } = await look(lookup, canonical, NOTHING);
    const best = strictest(considered);
    // A judge is asked about what the guards leave open; where all are passed its word adds nothing.
    if (judge && doubtful && !strictRule(best ?? doubtful)) {
      const entry = await askJudge(lookup, doubtful, judge);
      if (entry) return lessonOf(call, lookup, doubtful, { judged: true, whileServing: false });
    }
    return best && lessonOf(call, lookup, best, { judged: false, whileServing: false });
  };

  const serveVerified: Semantic["find"] = async (call, lookup, canonical, judge) => {
    const { maxWrongPercent } = lookup.options.semantic!;
    const rule = pools.rule(namespaceOf(call, lookup, false), maxWrongPercent);
    const judgedRule = judge && pools.rule(namespaceOf(call, lookup, true), maxWrongPercent);
    if (!rule && !judgedRule) {
      lookup.lesson = learnOnly(call, lookup, canonical, judge);
      return undefined;
    }
    const { hit, judge: doubtful, considered } = await look(lookup, canonical, rule ?? NOTHING);
    let found = hit;
    let entry = hit && (await entryOf(hit.id, canonical));
    const judged = !hit && doubtful !== undefined && judgedRule?.(doubtful) === true;
    if (judged && judge) {
      found = doubtful;
      entry = await askJudge(lookup, doubtful, judge);
    }
    if (!found || !entry) {
      const best = strictest(considered);
      const lesson = best && lessonOf(call, lookup, best, { judged: false, whileServing: false });
      if (lesson) lookup.lesson = Promise.resolve(lesson);
      return undefined;
    }
    if (deps.random() >= SAMPLE_SHARE) return { entry, found, judged };
    lookup.explanation.reason = "a hit, taken as a sample: compared with a fresh answer";
    lookup.lesson = Promise.resolve(lessonOf(call, lookup, found, { judged, whileServing: true }));
    return undefined;
  };

  return {
    find(call, lookup, canonical, judge) {
      const { mode } = lookup.options.semantic as SemanticOptions;
      switch (mode) {
        case "on":
          return serveOn(call, lookup, canonical, judge);
        case "verified":
          return serveVerified(call, lookup, canonical, judge);
        case "shadow":
          lookup.lesson = learnOnly(call, lookup, canonical, judge);
          return Promise.resolve(undefined);
        default:
          return mode satisfies never;
      }
    },
  };
}
