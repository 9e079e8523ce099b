/** One call on its way through the cache: what it is called there, and what is known of it so far. */
import type { Call } from "../canonical/call.ts";
import type { ChatRequest } from "../canonical/chat.ts";
import type { Analysis } from "./analysis.ts";
import type { Cell } from "./evidence.ts";
import type { Explanation } from "./explanations.ts";
import { exactBodyKey, exactKey, partitionOf } from "./key.ts";
import type { Namespace } from "./pools.ts";
import type { CacheOptions } from "./settings.ts";

export interface Lookup {
  options: CacheOptions;
  /** Absent on operations besides chat, whose bodies are compared as they are. */
  request?: ChatRequest;
  partition: string;
  key: string;
  explanation: Explanation;
  /** Absent where nothing is compared by meaning. */
  analysis?: Analysis;
  /** A stored answer to learn from: it is compared with the fresh one. */
  lesson?: Promise<Lesson | undefined>;
}

/** A hit that is not served, or not served this time, and whose answer will be compared with the fresh one. */
export interface Lesson {
  id: string;
  cell: Cell;
  namespace: Namespace;
  whileServing: boolean;
}

/** Undefined for what is never cached: other operations, calls of our own, bodies we do not understand. */
export function beginLookup(call: Call, options: CacheOptions | null, nowMs: number): Lookup | undefined {
  if (!options || call.origin !== undefined || call.options.cache === "off") return undefined;
  const partition = partitionOf(call.principal, options.scope);
  const known = keyOf(call, partition);
  if (!known) return undefined;
  const { key, request } = known;
  const { principal, model, id } = call;
  return {
    options,
    ...(request && { request }),
    partition,
    key,
    explanation: {
      requestId: id,
      atMs: nowMs,
      model,
      keyId: principal.id,
      team: principal.team ?? null,
      mode: options.semantic?.mode ?? "exact",
      key,
      status: "miss",
      considered: [],
    },
  };
}

function keyOf(call: Call, partition: string): { key: string; request?: ChatRequest } | undefined {
  const { operation, dialect, model, body } = call;
  // The same fields mean another thing in another dialect, and the answer is kept as its client reads it.
  if (operation === "embed") return { key: exactBodyKey(partition, model, `${operation} ${dialect}`, body.json) };
  if (operation !== "chat") return undefined;
  try {
    const request = body.chat();
    // Those of legacy completions have no canonical form, so a kept answer would be without.
    if (request.extra?.["logprobs"] !== undefined) return undefined;
    return { request, key: exactKey(partition, model, request) };
  } catch {
    // Odd values are the upstream's to judge; whether two such bodies mean the same is not known here.
    return undefined;
  }
}

export function namespaceOf(call: Call, { options, partition }: Lookup, judged: boolean): Namespace {
  const { scope } = options;
  const { principal, model } = call;
  const who = (scope === "key" ? undefined : principal[scope]) ?? principal.name;
  return { who, partition, model, judged };
}
