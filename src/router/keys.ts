/** The pool of one provider's keys: which serve a model, and whose turn it is. */
import { globPattern } from "../canonical/glob.ts";
import type { ProviderKey } from "../providers/provider.ts";
import { rendezvous } from "./affinity.ts";
import { smoothWeighted } from "./strategies.ts";

export interface KeyPool {
  /** Keys whose `models` patterns match. */
  serving(model: string): readonly ProviderKey[];
  /** The next key among those usable: by weight, or where the conversation belongs; undefined when none is. */
  pick(model: string, usable: (key: ProviderKey) => boolean, close?: CloseTo): ProviderKey | undefined;
}

/** A conversation that had better stay with one key. */
export interface CloseTo {
  affinity: number;
  /** Chooses the key it is compared with. */
  seed: number;
  /** How busy a key is: calls in flight + 1, over its weight. */
  load(key: ProviderKey): number;
}

/** Providers without authentication (a local vLLM or Ollama) have one key that is none. */
const NO_KEY: ProviderKey = { name: "none", secret: "", weight: 1 };
/** Bounds the memory of key sets by model name, which clients choose. */
const MAX_REMEMBERED_MODELS = 10_000;
/** The warm key is left only for one with less than half its load, and never for a single call in flight. */
const AFFINITY_LOAD_FACTOR = 2;

interface ModelKeys {
  keys: readonly ProviderKey[];
  turn: ReturnType<typeof smoothWeighted>;
}

export function createKeyPool(keys: readonly ProviderKey[]): KeyPool {
  const all = keys.length > 0 ? keys : [NO_KEY];
  const patterns = new Map(all.map((key) => [key, key.models?.map(globPattern)]));
  const byModel = new Map<string, ModelKeys>();

  const of = (model: string): ModelKeys => {
    const known = byModel.get(model);
    if (known) return known;
    const serving = all.filter((key) => patterns.get(key)?.some((pattern) => pattern.test(model)) ?? true);
    const made = { keys: serving, turn: smoothWeighted(serving) };
    if (byModel.size >= MAX_REMEMBERED_MODELS) byModel.clear();
    byModel.set(model, made);
    return made;
  };

  return {
    serving: (model) => of(model).keys,
    pick(model, usable, close) {
      const { keys, turn } = of(model);
      if (keys.length === 1) return usable(keys[0]!) ? keys[0] : undefined;
      if (close) return closest(keys.filter(usable), close);
      const index = turn((i) => usable(keys[i]!));
      return index < 0 ? undefined : keys[index];
    },
  };
}

function closest(keys: readonly ProviderKey[], { affinity, seed, load }: CloseTo): ProviderKey | undefined {
  if (keys.length < 2) return keys[0];
  const names = keys.map(({ name }) => name);
  const home = rendezvous(
    affinity,
    names,
    keys.map(({ weight }) => weight),
  );
  const other = keys[(home + 1 + (seed % (keys.length - 1))) % keys.length]!;
  return load(keys[home]!) > AFFINITY_LOAD_FACTOR * load(other) ? other : keys[home];
}
