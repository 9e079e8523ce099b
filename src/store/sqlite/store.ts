import { GatewayError } from "../../canonical/errors.ts";
import type { RecordPort, Store } from "../ports.ts";
import { createRemote } from "./rpc.ts";
import type { WorkerGroups } from "./worker.ts";

/**
 * Opens the store in a data directory, which is made when absent, and starts the thread that owns it.
 * @throws StoreOpenError naming the file that is unreadable, corrupt, too new, or in use by another process.
 */
export async function openStore(options: { path: string }): Promise<Store> {
  const worker = new Worker(workerUrl());
  const remote = createRemote<WorkerGroups>((message) => worker.postMessage(message));
  worker.onmessage = (event: MessageEvent<string>) => remote.receive(event.data);
  worker.onerror = (event) => {
    remote.end(new GatewayError("overloaded", "The gateway's store has stopped.", { cause: event.message }));
  };
  // The thread lets go of its last file handles and locks only as it ends, after its answer to `close`.
  const ended = new Promise<void>((resolve) => worker.addEventListener("close", () => resolve()));
  const end = () => {
    remote.end(new GatewayError("shutting_down", "The gateway's store is closed."));
    worker.terminate();
    return ended;
  };
  try {
    await remote.call("store", "open", options.path);
  } catch (error) {
    await end();
    throw error;
  }
  const { call } = remote;
  // TypeScript cannot tell that the groups have the same methods.
  const forward = call as (group: string, method: string, ...args: unknown[]) => Promise<never>;
  const records = (group: "keys" | "teams" | "customers" | "providers" | "models"): RecordPort<never> => ({
    list: () => forward(group, "list"),
    insert: (row, audit) => forward(group, "insert", row, audit),
    update: (row, audit) => forward(group, "update", row, audit),
    delete: (id, version, audit) => forward(group, "delete", id, version, audit),
  });
  let closing: Promise<void> | undefined;
  return {
    requests: {
      append: (rows) => call("requests", "append", rows),
      list: (filter, page) => call("requests", "list", filter, page),
      get: (id) => call("requests", "get", id),
      deleteBefore: (beforeMs, limit) => call("requests", "deleteBefore", beforeMs, limit),
      deleteContentBefore: (beforeMs, limit) => call("content", "deleteBefore", beforeMs, limit),
      deleteBeyond: (maxBytes, limit) => call("requests", "deleteBeyond", maxBytes, limit),
    },
    stats: {
      read: (query) => call("stats", "read", query),
      attempts: (query) => call("stats", "attempts", query),
      deleteExpired: (nowMs, limit) => call("stats", "deleteExpired", nowMs, limit),
    },
    budgets: {
      lease: (node, requests, calls) => call("budgets", "lease", node, requests, calls),
      giveBack: (node, amounts) => call("budgets", "giveBack", node, amounts),
      recover: (node) => call("budgets", "recover", node),
      forget: (ended) => call("budgets", "forget", ended),
      windows: () => call("budgets", "windows"),
      release: (budget, audit) => call("budgets", "release", budget, audit),
      reset: (budget, audit) => call("budgets", "reset", budget, audit),
    },
    ledger: {
      append: (node, entries, calls) => call("ledger", "append", node, entries, calls),
      usage: (query) => call("ledger", "usage", query),
    },
    keys: records("keys"),
    teams: records("teams"),
    customers: records("customers"),
    routing: { providers: records("providers"), models: records("models") },
    audit: {
      append: (entry) => call("audit", "append", entry),
      list: (filter, page) => call("audit", "list", filter, page),
    },
    responses: {
      get: (id, nowMs) => call("responses", "get", id, nowMs),
      put: (rows, expiresAtMs) => call("responses", "put", rows, expiresAtMs),
      delete: (ids) => call("responses", "delete", ids),
      deleteBefore: (beforeMs, limit) => call("responses", "deleteBefore", beforeMs, limit),
    },
    answers: {
      get: (id, nowMs) => call("answers", "get", id, nowMs),
      put: (id, sealed, expiresAtMs) => call("answers", "put", id, sealed, expiresAtMs),
      deleteBefore: (beforeMs, limit) => call("answers", "deleteBefore", beforeMs, limit),
    },
    alerts: {
      put: (row, open) => call("alerts", "put", row, open),
      open: () => call("alerts", "open"),
      list: (filter, page) => call("alerts", "list", filter, page),
      deleteBefore: (beforeMs, limit) => call("alerts", "deleteBefore", beforeMs, limit),
    },
    evals: {
      append: (rows) => call("evals", "append", rows),
      summary: (query) => call("evals", "summary", query),
      list: (filter, page) => call("evals", "list", filter, page),
      deleteBefore: (beforeMs, limit) => call("evals", "deleteBefore", beforeMs, limit),
    },
    feedback: {
      put: (row) => call("feedback", "put", row),
      list: (filter, page) => call("feedback", "list", filter, page),
      summary: (query) => call("feedback", "summary", query),
      deleteBefore: (beforeMs, limit) => call("feedback", "deleteBefore", beforeMs, limit),
    },
    sessions: {
      list: (nowMs) => call("sessions", "list", nowMs),
      insert: (row) => call("sessions", "insert", row),
      seen: (hash, atMs) => call("sessions", "seen", hash, atMs),
      delete: (hashes) => call("sessions", "delete", hashes),
      deleteBefore: (beforeMs, limit) => call("sessions", "deleteBefore", beforeMs, limit),
    },
    settings: {
      get: (name) => call("settings", "get", name),
      set: (name, value) => call("settings", "set", name, value),
      setIfAbsent: (name, value) => call("settings", "setIfAbsent", name, value),
    },
    // The worker answers in order: what was called before is written by then.
    close: () => (closing ??= call("store", "close").finally(end)),
  };
}

/** In the compiled binary every module's address is the binary's root, and workers lie below it as they do in src/. */
function workerUrl(): URL {
  const compiled = import.meta.url.startsWith("file:///$bunfs/");
  return compiled ? new URL("./store/sqlite/worker.ts", import.meta.url) : new URL("./worker.ts", import.meta.url);
}
