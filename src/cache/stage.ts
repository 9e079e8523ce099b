/**
 * The cache stage of the pipeline for one configuration: exact key, canonical key, neighbours, guards, judge, miss.
 * What can wait (storing, learning) happens after the reply has ended.
 */
import type { Call } from "../canonical/call.ts";
import { type Answer, collect } from "../canonical/events.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import { analyse } from "./analysis.ts";
import { sizeOf, toRow } from "./answers/rows.ts";
import { type CacheParts, type CacheStage, notCached, type StageOptions } from "./cache.ts";
import { sharableAnswer, storableAnswer } from "./eligibility.ts";
import { type Entry, recordHit, replyOf } from "./entry.ts";
import { cellOf } from "./evidence.ts";
import { inTime } from "./in-time.ts";
import { createJudge, type Judge } from "./judge.ts";
import { keptReply } from "./kept-reply.ts";
import { createLessons } from "./lessons.ts";
import { beginLookup, type Lookup, namespaceOf } from "./lookup.ts";
import { createSemantic, type SemanticHit } from "./semantic.ts";

/** A disk that takes longer is no cache. */
const FIND_TIMEOUT_MS = 100;
/** Longer last user texts are kept as far as this. */
const MAX_TEXT_CHARACTERS = 4_000;

export function createStage({ optionsOf, ask }: StageOptions, parts: CacheParts): CacheStage {
  const { deps, answers, front, flights, keeper, embedder, totals, explanations } = parts;
  const { clock } = deps;
  const lookups = new WeakMap<Call, Lookup>();
  const semantic = createSemantic(parts);
  const lessons = createLessons(parts);

  const lookupOf = (call: Call): Lookup | undefined => {
    const known = lookups.get(call);
    if (known) return known;
    const lookup = beginLookup(call, optionsOf(call.model), clock.now());
    if (lookup) lookups.set(call, lookup);
    return lookup;
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
    if (!options.semantic || lookup.analysis || explanation.reason) return;
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
    const known = front.get(lookup.key, clock.now());
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

  const entryOf = (call: Call, lookup: Lookup, answer: Answer): Entry | undefined => {
    const { record, principal } = call;
    if (!record.answeredBy || !storableAnswer(answer).storable) return undefined;
    const { options, key, request, analysis } = lookup;
    const storedAtMs = clock.now();
    const entry: Entry = {
      key,
      space: options.space,
      model: call.model,
      keyId: principal.id,
      keyName: principal.name,
      text: analysis?.text ?? lastTextOf(request),
      answer,
      origin: {
        requestId: call.id,
        answeredBy: record.answeredBy,
        warnings: [...record.warnings],
        usage: record.usage ?? null,
        costNanoUsd: record.costNanoUsd,
        tookMs: record.totalMs ?? clock.monotonic() - record.startedAt,
      },
      storedAtMs,
      exactUntilMs: storedAtMs + options.exact.ttlMs,
    };
    if (analysis && options.semantic && sharableAnswer(answer, record.warnings).storable) {
      const { canonical, question } = analysis;
      entry.semantic = { canonical, question, untilMs: storedAtMs + options.semantic.ttlMs };
    }
    return entry;
  };

  /** The vector of a stored question, when there is time for it. */
  const vectorOf = async (lookup: Lookup) => {
    const { analysis } = lookup;
    if (!analysis || !(await embedder.warm())) return undefined;
    const embedding = await embedder.embed(analysis.text);
    return embedding && { context: analysis.context, vector: embedding.vector };
  };

  const store = async (call: Call, lookup: Lookup, reply: Reply, pieces: readonly Piece[]): Promise<void> => {
    const answer = answerOf(reply, pieces);
    const entry = answer && entryOf(call, lookup, answer);
    if (!entry) return;
    const row = toRow(entry);
    const bytes = sizeOf(row);
    const { exact, semantic: meaning } = lookup.options;
    if (bytes > exact.maxBytes) return;
    front.set(entry, bytes);
    keeper.put(row, { maxBytes: exact.maxBytes, maxSemantic: meaning?.maxEntries ?? 0 });
    if (!entry.semantic) return;
    const vector = await vectorOf(lookup);
    if (vector) keeper.putVector({ key: entry.key, ...vector });
    await lessons.learn(lookup, answer, judgeOf(lookup));
  };

  return {
    find,
    share(call, produce) {
      const lookup = call.options.cache === undefined ? lookupOf(call) : undefined;
      if (!lookup || front.get(lookup.key, clock.now())) return produce();
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
      return keptReply(reply, (pieces) => {
        // After the client has had its last byte: parsing a long stream takes milliseconds.
        clock.after(0, () => {
          store(call, lookup, reply, pieces).catch((error: unknown) =>
            deps.log("warn", "An answer could not be kept in the cache.", { error }),
          );
        });
      });
    },
  };
}

function answerOf(reply: Reply, pieces: readonly Piece[]): Answer | undefined {
  const read = reply.reader();
  const events = pieces.flatMap((piece) => [...read(piece)]);
  return events.some(({ type }) => type === "error") ? undefined : collect(events);
}

function lastTextOf({ messages }: Lookup["request"]): string {
  const content = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const text =
    typeof content === "string" ? content : content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  return text.slice(0, MAX_TEXT_CHARACTERS);
}
