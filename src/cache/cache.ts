/**
 * The cache: answers to equal requests, and by choice to requests that mean the same. It outlives configurations;
 * each gateway has a stage of it with its own settings.
 */
import type { Ask } from "../canonical/ask.ts";
import type { Call } from "../canonical/call.ts";
import type { Deps } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Reply } from "../canonical/reply.ts";
import { type Answers, openAnswers } from "./answers/answers.ts";
import type { PurgeFilter, SpaceStatistics } from "./answers/queries.ts";
import { createEmbedder, type Embedder } from "./embedding/embedder.ts";
import { createEnded, type Ended } from "./ended.ts";
import { createExplanations, type Explanations } from "./explanations.ts";
import { createFlights, type Flights } from "./flights.ts";
import { createFront, type Front } from "./front.ts";
import { inTime } from "./in-time.ts";
import { createVectorThread } from "./index/thread.ts";
import type { VectorIndex } from "./index/vector-index.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import { type Lexicon, loadLexicon } from "./lexicon/lexicon.ts";
import { createPools, type Pools, type PoolView } from "./pools.ts";
import { reportWrong } from "./report.ts";
import type { CacheOptions } from "./settings.ts";
import { createStage } from "./stage.ts";
import { createTotals, type Totals, type TotalsCounter } from "./totals.ts";

export interface CacheDeps extends Deps {
  /** The data directory, which exists. */
  directory: string;
  /** Counts `cache_verified_total`. */
  onVerified(result: "right" | "wrong" | "drift" | "stopped"): void;
}

export interface StageOptions {
  /** How a public model is cached; null: not at all. */
  optionsOf(model: string): CacheOptions | null;
  /** Whether any model is compared by meaning: then the model for it starts now, not in somebody's call. */
  comparesMeaning: boolean;
  ask: Ask;
}

/** What the pipeline needs: joining equal calls, looking up, keeping. */
export interface CacheStage {
  share(call: Call, produce: () => Promise<Reply>): Promise<Reply>;
  /** The stored answer, if it may be served. Throws `not_cached` when nothing else would do. */
  find(call: Call): Promise<Reply | undefined>;
  keep(call: Call, reply: Reply): Reply;
}

export interface CacheStatistics {
  totals: Totals;
  spaces: SpaceStatistics[];
  pools: PoolView[];
  /** Of the model that compares questions. */
  embedding: ReturnType<Embedder["state"]>;
}

/** All that are given hold together. */
export interface Purge extends Omit<PurgeFilter, "storedBeforeMs"> {
  /** Stored at least this long ago. */
  olderThanMs?: number;
}

export interface Cache {
  /** Opens `cache.db`, once. @throws StoreOpenError naming the file. */
  open(): Promise<void>;
  /** Only after `open`. */
  stage(options: StageOptions): CacheStage;
  statistics(): Promise<CacheStatistics | undefined>;
  explain: Explanations["get"];
  /** How many entries a purge would take out. */
  count(wanted: Purge): Promise<number>;
  /** Resolves to the number of entries that are gone. */
  purge(wanted: Purge): Promise<number>;
  /** A client says that what it was served for this request was wrong. False when nothing is known of it. */
  reportWrong(requestId: string): Promise<boolean>;
  /** Writes what waits and closes. */
  close(): Promise<void>;
}

/** What the parts of an open cache share. */
export interface CacheParts {
  deps: CacheDeps;
  answers: Answers;
  front: Front;
  flights: Flights;
  ended: Ended;
  keeper: Keeper;
  embedder: Embedder;
  index: VectorIndex;
  lexicon(): Lexicon;
  pools: Pools;
  totals: TotalsCounter;
  explanations: Explanations;
}

const FILE = "cache.db";
/** Longer than the model takes to start. */
const STOP_TIMEOUT_MS = 3_000;

export function createCache(deps: CacheDeps): Cache {
  const explanations = createExplanations();
  let opening: Promise<CacheParts> | undefined;
  let parts: CacheParts | undefined;
  return {
    async open() {
      opening ??= openParts(deps, explanations);
      try {
        parts = await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
    },
    stage(options) {
      if (!parts) throw new Error("the cache is not open");
      if (options.comparesMeaning) {
        parts.lexicon();
        void parts.embedder.warm();
      }
      return createStage(options, parts);
    },
    async statistics() {
      if (!parts) return undefined;
      const { answers, keeper, totals, pools, embedder, ended } = parts;
      ended.readAll();
      await keeper.flush();
      return {
        totals: totals.read(),
        spaces: await answers.statistics(),
        pools: pools.views(),
        embedding: embedder.state(),
      };
    },
    explain: explanations.get,
    async count(wanted) {
      if (!parts) return 0;
      await written(parts);
      return parts.answers.count(filterOf(wanted, deps.clock.now()));
    },
    async purge(wanted) {
      if (!parts) return 0;
      await written(parts);
      const keys = await parts.answers.purge(filterOf(wanted, deps.clock.now()));
      parts.front.delete(keys);
      parts.index.tidy().catch(() => {});
      return keys.length;
    },
    async reportWrong(requestId) {
      return parts ? reportWrong(requestId, parts) : false;
    },
    async close() {
      if (!parts) return;
      parts.ended.readAll();
      await parts.keeper.stop();
      await inTime(deps.clock, STOP_TIMEOUT_MS, parts.embedder.close());
      await parts.answers.close();
    },
  };
}

/** What still waits to be read or written is meant too. */
async function written({ ended, keeper }: CacheParts): Promise<void> {
  ended.readAll();
  await keeper.flush();
}

function filterOf({ olderThanMs, ...filter }: Purge, nowMs: number): PurgeFilter {
  // What was stored in this very millisecond is at least 0 ms old.
  return { ...filter, storedBeforeMs: olderThanMs === undefined ? undefined : nowMs - olderThanMs + 1 };
}

/** For calls where no cache is configured at all. */
export function notCached(): GatewayError {
  return new GatewayError("not_cached", "There is no cached answer to this request.");
}

async function openParts(deps: CacheDeps, explanations: Explanations): Promise<CacheParts> {
  const { clock, log, directory } = deps;
  const path = `${directory}/${FILE}`;
  const answers = await openAnswers(path);
  const notes = await answers.notes();
  const pools = createPools(notes);
  const totals = createTotals(notes);
  const front = createFront();
  const { spawn, index } = createVectorThread(path);
  const embedder = createEmbedder({ clock, log, libraryDirectory: `${directory}/lib`, spawn });
  let lexicon: Lexicon | undefined;
  return {
    deps,
    answers,
    front,
    flights: createFlights(clock),
    ended: createEnded(clock),
    keeper: createKeeper({
      answers,
      index,
      clock,
      log,
      changed: () => ({ ...pools.changed(), ...totals.changed() }),
      onGone: front.delete,
    }),
    embedder,
    index,
    lexicon: () => (lexicon ??= loadLexicon()),
    pools,
    totals,
    explanations,
  };
}
