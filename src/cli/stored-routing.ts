/** What was made by API, for commands that look without a server or beside one. */
import type { Deps } from "../canonical/deps.ts";
import type { Config } from "../config/config.ts";
import { loadRoutingRows } from "../config/dynamic/routing-rows.ts";
import { type LayeredRouting, layerRouting } from "../config/layered-routing.ts";
import { createSeal } from "../store/seal.ts";
import { readRouting } from "../store/sqlite/read-routing.ts";
import { findKey } from "./master-key.ts";
import { StartError } from "./start-error.ts";

/**
 * Layered over a configuration of the file's; undefined where nothing was made. `fault`: the master key does not open
 * it, in words for the operator. Changes nothing.
 */
export async function readStoredRouting(
  file: Config,
  environment: Readonly<Record<string, string | undefined>>,
  deps: Deps,
): Promise<LayeredRouting | { fault: string } | undefined> {
  const directory = file.store.path;
  const snapshot = readRouting(directory);
  if (!snapshot || snapshot.providers.length + snapshot.models.length === 0) return undefined;
  try {
    const found = findKey(environment, directory, snapshot.proof);
    if (!found) return undefined;
    const listed = {
      providers: { list: async () => snapshot.providers },
      models: { list: async () => snapshot.models },
    };
    const rows = await loadRoutingRows(listed, createSeal(found.key));
    return layerRouting({ providers: rows.of("providers"), models: rows.of("models") }, { file, deps });
  } catch (error) {
    if (error instanceof StartError) return { fault: error.message };
    throw error;
  }
}
