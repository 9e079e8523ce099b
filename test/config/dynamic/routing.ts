import type { Deps } from "../../../src/canonical/deps.ts";
import { createQueue } from "../../../src/canonical/queue.ts";
import type { Config } from "../../../src/config/config.ts";
import { openRoutingBook, type RoutingBook, type RoutingChange } from "../../../src/config/dynamic/routing-book.ts";
import type { LayeredRouting } from "../../../src/config/layered-routing.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import type { Store } from "../../../src/store/ports.ts";
import { createSeal, type Seal } from "../../../src/store/seal.ts";
import { openStore } from "../../../src/store/sqlite/store.ts";
import { temporaryDirectory } from "../../store/support.ts";
import { collectingLog } from "../../support/collecting-log.ts";
import { type SimulatedClock, simulatedClock } from "../../support/simulated-clock.ts";

export const NOW_MS = Date.UTC(2026, 10, 23);
export const SECRET = "sk-canary-0123456789abcdefWXYZ";
export const BY: RoutingChange = { actor: { name: "admin token", remoteAddress: "192.0.2.1" } };
export const FILE = {
  providers: { openai: { type: "openai", keys: ["sk-of-the-file-0123456789abcdef"] } },
  models: { fast: ["openai/gpt-4o-mini"], slow: { targets: ["openai/o3"], fallbacks: ["fast"] } },
};

export interface OpenRouting extends AsyncDisposable {
  book: RoutingBook;
  store: Store;
  clock: SimulatedClock;
  /** What is in force. */
  config(): Config;
  layered(): LayeredRouting;
  /** As a reload of the file does. */
  reload(settings: object, environment?: Record<string, string>): void;
  /** As a restart with another, or the same, master key. */
  again(seal?: Seal): Promise<RoutingBook>;
  /** Refuses the next build. */
  refuseNext(error: Error): void;
  path: string;
}

interface Options {
  environment?: Record<string, string>;
  lookup?: Deps["lookup"];
}

/** A book over a store of its own, wired as the process wires it, but that nothing is built. */
export async function openRouting(
  settings: object = FILE,
  { environment = {}, lookup }: Options = {},
): Promise<OpenRouting> {
  const directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const clock = simulatedClock(NOW_MS);
  const seal = createSeal(Buffer.alloc(32, 7));
  const deps: Deps = {
    clock,
    fetch: async () => new Response(),
    random: () => 0.5,
    log: collectingLog().log,
    ...(lookup && { lookup }),
  };
  let refused: Error | undefined;
  const prepare = async (layered: LayeredRouting) => {
    const error = refused;
    refused = undefined;
    if (error) throw error;
    return {
      apply: () => {
        current.layered = layered;
      },
      abandon: async () => {},
    };
  };
  const open = (by: Seal): Promise<RoutingBook> =>
    openRoutingBook({
      store: store.routing,
      seal: by,
      deps,
      inForce: () => current,
      prepare,
      serially: createQueue(),
    });
  const book = await open(seal);
  const file = configOf(settings, environment);
  const current: { file: Config; layered: LayeredRouting } = { file, layered: book.layer(file) };
  return {
    book,
    store,
    clock,
    config: () => current.layered.config,
    layered: () => current.layered,
    reload(next, variables = environment) {
      current.file = configOf(next, variables);
      current.layered = book.layer(current.file);
    },
    async again(other = seal) {
      const reopened = await open(other);
      current.layered = reopened.layer(current.file);
      return reopened;
    },
    refuseNext(error) {
      refused = error;
    },
    path: directory.path,
    async [Symbol.asyncDispose]() {
      await store.close();
      directory[Symbol.dispose]();
    },
  };
}

function configOf(settings: object, environment: Record<string, string>): Config {
  const context = { file: null, directory: "/nowhere", environment, local: { ollamaModels: null } };
  const { config, faults } = resolveSettings(settings, context);
  if (!config) throw new Error(JSON.stringify(faults));
  return config;
}
