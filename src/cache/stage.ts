/**
 * The cache stage of the pipeline for one configuration: exact key, canonical key, neighbours, guards, judge, miss.
 * What can wait (storing, learning) happens after the reply has ended.
 */
import type { Call } from "../canonical/call.ts";
import type { Reply } from "../canonical/reply.ts";
import { analyse } from "./analysis.ts";
import { sizeOf, toRow } from "./answers/rows.ts";
import { type CacheParts, type CacheStage, notCached, type StageOptions } from "./cache.ts";
import { type Entry, recordHit, replyOf } from "./entry.ts";
import { cellOf } from "./evidence.ts";
import { inTime } from "./in-time.ts";
import { createJudge, type Judge } from "./judge.ts";
import { keptReply } from "./kept-reply.ts";
import { beginLookup, type Lookup, namespaceOf } from "./lookup.ts";
import { createSemantic, type SemanticHit } from "./semantic.ts";
import { createStoring } from "./storing.ts";

/** A disk that takes longer is no cache. */
const FIND_TIMEOUT_MS = 100;

export function createStage({ optionsOf, ask }: StageOptions, parts: CacheParts): CacheStage {
  const { deps, answers, front, flights, keeper, embedder, totals, explanations, ended } = parts;
  const { clock } = deps;
  const lookups = new WeakMap<Call, Lookup>();
  const semantic = createSemantic(parts);
  const storing = createStoring(parts);

  const lookupOf = (call: Call): Lookup | undefined => {
    const known = lookups.get(call);
    if (known) return known;
    const lookup = beginLookup(call, optionsOf(call.model), clock.now());
    if (lookup) lookups.set(call, lookup);
    return lookup;
  };

  const recent = (key: string): Entry | undefined => {
    ended.read(key);
    return front.get(key, clock.now());
  };

  const judgeOf = ({ options }: Lookup): Judge | undefined => {
    const judge = options.semantic?.judge;
    return judge ? createJudge(ask, judge) : undefined;
  };

  const serve = (call: Call, lookup: Lookup, entry: Entry, hit?: SemanticHit): Reply => {
    const now = { epochMs: clock.now(), monotonicMs: clock.monotonic() };
    const { explanation } = lookup;
    explanation.served = { id: entry.key };
    if (hit) {
      const score = hit.found.cosine;
      recordHit(call, entry, { status: "semantic", score }, now);
      explanation.served = { ...explanation.served, score, namespace: namespaceOf(call, lookup, hit.judged) };
      const cell = cellOf(hit.found);
      if (cell) explanation.served.cell = cell;
    } else recordHit(call, entry, { status: "exact" }, now);
    explanation.status = call.record.cache.status;
    explanations.add(explanation);
    totals.hit(hit ? "semantic" : "exact", entry.origin);
    keeper.used(entry.key);
    return replyOf(entry);
  };

  /** What is compared by meaning, once; the reason on the explanation where nothing is. */
  const analyseOnce = (call: Call, lookup: Lookup): void => {
    const { options, partition, request, explanation } = lookup;
    if (!options.semantic || !request || lookup.analysis || explanation.reason) return;
    const { maxTemperature } = options.semantic;
    const found = analyse(request, { partition, model: call.model, maxTemperature }, parts.lexicon());
    if ("reason" in found) explanation.reason = found.reason;
    else lookup.analysis = found;
  };

  const missed = (call: Call, lookup: Lookup): undefined => {
    const { explanation } = lookup;
    call.record.cache = { status: "miss", ...(explanation.reason !== undefined && { reason: explanation.reason }) };
    explanations.add(explanation);
    totals.missed();
    if (call.options.cache === "only") throw notCached();
    return undefined;
  };

  const find = async (call: Call): Promise<Reply | undefined> => {
    const lookup = lookupOf(call);
    const wish = call.options.cache;
    if (!lookup) {
      if (wish === "only") throw notCached();
      return undefined;
    }
    if (wish === "refresh") {
      analyseOnce(call, lookup);
      lookup.explanation.reason ??= "refresh";
      return missed(call, lookup);
    }
    const known = recent(lookup.key);
    if (known) return serve(call, lookup, known);
    analyseOnce(call, lookup);
    const stored = await inTime(
      clock,
      FIND_TIMEOUT_MS,
      answers.find(lookup.key, lookup.analysis?.canonical ?? null, clock.now()),
    );
    if (stored?.exact) {
      front.set(stored.exact, sizeOf(toRow(stored.exact)));
      return serve(call, lookup, stored.exact);
    }
    if (lookup.analysis && embedder.state() !== "off") {
      const hit = await semantic.find(call, lookup, stored?.canonical, judgeOf(lookup));
      if (hit) return serve(call, lookup, hit.entry, hit);
    }
    return missed(call, lookup);
  };

  return {
    find,
    share(call, produce) {
      const lookup = call.options.cache === undefined ? lookupOf(call) : undefined;
      if (!lookup || recent(lookup.key)) return produce();
      return flights.share(lookup.key, call, produce, () => {
        call.record.cache = { status: "exact", ageSeconds: 0 };
        lookup.explanation.status = "exact";
        lookup.explanation.reason = "joined an equal call in flight";
        explanations.add(lookup.explanation);
      });
    },
    keep(call, reply) {
      const lookup = lookups.get(call);
      if (!lookup) return reply;
      return keptReply(reply, (pieces) => storing.later(call, lookup, reply, pieces, judgeOf(lookup)));
    },
  };
}
