import { accessOptionsOf } from "../../../src/config/access-options.ts";
import type { Config } from "../../../src/config/config.ts";
import { type AccessBook, openAccessBook } from "../../../src/config/dynamic/access-book.ts";
import { type LayeredAccess, layerAccess } from "../../../src/config/layered-access.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { type Access, createAccess } from "../../../src/policies/access.ts";
import type { Store } from "../../../src/store/ports.ts";
import { openStore } from "../../../src/store/sqlite/store.ts";
import { temporaryDirectory } from "../../store/support.ts";
import { type SimulatedClock, simulatedClock } from "../../support/simulated-clock.ts";

export const NOW_MS = Date.UTC(2026, 10, 23);

export interface OpenBook extends AsyncDisposable {
  book: AccessBook;
  store: Store;
  clock: SimulatedClock;
  access: Access;
  config: Config;
  /** Keys, teams and customers in force. */
  layered(): LayeredAccess;
  /** The directory, to open again in. */
  path: string;
}

export const FILE = {
  providers: { openai: { type: "openai", keys: ["sk-literal"] }, groq: { type: "groq", keys: ["gsk-literal"] } },
  models: { fast: ["openai/gpt-4o-mini", "groq/llama"], slow: ["openai/o3"] },
  access: {
    customers: { acme: { tags: { tier: "gold" } } },
    teams: { search: { customer: "acme", models: ["fast"] } },
    keys: { ci: { secret: "a-secret-of-the-file", team: "search" } },
  },
};

/** A book over a store of its own, wired to the access policy as the gateway wires it. */
export async function openBook(settings: object = FILE): Promise<OpenBook> {
  const directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const clock = simulatedClock(NOW_MS);
  const config = configOf(settings);
  const book = await openAccessBook({
    store,
    clock,
    config: () => config,
    onChange: () => access.replace(accessOptionsOf(layered())),
  });
  const layered = () => layerAccess(config, book.stored());
  const access = createAccess(accessOptionsOf(layered()), clock);
  return {
    book,
    store,
    clock,
    access,
    config,
    layered,
    path: directory.path,
    async [Symbol.asyncDispose]() {
      await store.close();
      directory[Symbol.dispose]();
    },
  };
}

function configOf(settings: object): Config {
  const context = { file: null, directory: "/nowhere", environment: {}, local: { ollamaModels: null } };
  const { config, faults } = resolveSettings(settings, context);
  if (!config) throw new Error(JSON.stringify(faults));
  return config;
}
