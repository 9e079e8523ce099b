/** The pool of one provider's keys: which serve a model, and whose turn it is. */
import { globPattern } from "../canonical/glob.ts";
import type { ProviderKey } from "../providers/provider.ts";
import { smoothWeighted } from "./strategies.ts";

export interface KeyPool {
  /** Keys whose `models` patterns match. */
  serving(model: string): readonly ProviderKey[];
  /** The next key by weight among those usable; undefined when none is. */
  pick(model: string, usable: (key: ProviderKey) => boolean): ProviderKey | undefined;
}

/** Providers without authentication (a local vLLM or Ollama) have one key that is none. */
const NO_KEY: ProviderKey = { name: "none", secret: "", weight: 1 };
/** Bounds the memory of key sets by model name, which clients choose. */
const MAX_REMEMBERED_MODELS = 10_000;

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
    pick(model, usable) {
      const { keys, turn } = of(model);
      if (keys.length === 1) return usable(keys[0]!) ? keys[0] : undefined;
      const index = turn((i) => usable(keys[i]!));
      return index < 0 ? undefined : keys[index];
    },
  };
}
