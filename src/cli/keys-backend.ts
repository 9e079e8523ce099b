/**
 * Where `evergate keys` does its work: on the store itself while no server runs, by the same code as the admin API;
 * through the admin API of the server that holds the store while one does, so that its memory and the store agree.
 */
import type { JsonObject } from "../canonical/chat.ts";
import type { Clock } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Config } from "../config/config.ts";
import { openAccessBook } from "../config/dynamic/access-book.ts";
import { StoreOpenError } from "../store/sqlite/open-error.ts";
import { openStore } from "../store/sqlite/store.ts";
import { reachableHost } from "./reachable-host.ts";
import { StartError } from "./start-error.ts";

/** Records as the admin API shows them. Each rejects with an error whose message is for the operator. */
export interface KeysBackend {
  list(): Promise<JsonObject[]>;
  create(body: JsonObject): Promise<JsonObject>;
  revoke(idOrName: string): Promise<void>;
  rotate(idOrName: string, graceMs: number): Promise<JsonObject>;
  close(): Promise<void>;
}

export interface BackendOptions {
  config: Config;
  clock: Clock;
  fetch: typeof fetch;
  /** Of the running server; undefined where none is known. */
  adminToken: string | undefined;
}

/** Throws StartError. */
export async function openKeysBackend(options: BackendOptions): Promise<KeysBackend> {
  try {
    return await onStore(options);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    if (!error.inUse) throw new StartError(error.message);
    return throughServer(options);
  }
}

async function onStore({ config, clock }: BackendOptions): Promise<KeysBackend> {
  const store = await openStore(config.store);
  const book = await openAccessBook({ store, clock, config: () => config, onChange: () => {} });
  const change = { actor: { name: "cli", remoteAddress: null } };
  const withKey = ({ view, secret }: { view: object; secret?: string }) => ({ ...view, key: secret }) as JsonObject;
  return {
    list: async () => book.list("keys") as unknown as JsonObject[],
    create: async (body) => withKey(await book.create("keys", body, change)),
    revoke: async (idOrName) => void (await book.delete("keys", idOrName, change)),
    rotate: async (idOrName, graceMs) => withKey(await book.rotate(idOrName, graceMs, change)),
    close: () => store.close(),
  };
}

const PAGE_ROWS = 1_000;
const TIMEOUT_MS = 10_000;

function throughServer({ config, fetch, adminToken }: BackendOptions): KeysBackend {
  const scheme = config.server.tls ? "https" : "http";
  const base = `${scheme}://${reachableHost(config.server.host)}:${config.server.port}`;
  if (adminToken === undefined) {
    throw new StartError(
      "A server is running on this data directory, so keys are changed through it, which needs its admin token:\n" +
        "set EVERGATE_ADMIN_TOKEN (it was shown when the server first started), or stop the server.",
    );
  }
  const ask = async (method: string, path: string, body?: JsonObject): Promise<JsonObject> => {
    let response: Response;
    try {
      response = await fetch(`${base}/admin/keys${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new StartError(
        `A server is running on this data directory, but nothing answers at ${base}. Name its address with --host and --port.`,
      );
    }
    const answer = (await response.json().catch(() => ({}))) as JsonObject;
    if (response.ok) return answer;
    if (response.status === 401) throw new StartError(`The server at ${base} does not know this admin token.`);
    const message = (answer["error"] as JsonObject | undefined)?.["message"];
    throw new GatewayError("invalid_request", typeof message === "string" ? message : `HTTP ${response.status}`);
  };
  const pathOf = (idOrName: string) => `/${encodeURIComponent(idOrName)}`;
  return {
    async list() {
      const all: JsonObject[] = [];
      for (let cursor = ""; ; ) {
        const page = await ask("GET", `?limit=${PAGE_ROWS}${cursor}`);
        all.push(...(page["data"] as JsonObject[]));
        if (typeof page["next"] !== "string") return all;
        cursor = `&cursor=${page["next"]}`;
      }
    },
    create: (body) => ask("POST", "", body),
    revoke: async (idOrName) => void (await ask("DELETE", pathOf(idOrName))),
    rotate: (idOrName, graceMs) => ask("POST", `${pathOf(idOrName)}/rotate`, { graceMs }),
    close: async () => {},
  };
}
