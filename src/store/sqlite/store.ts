import { GatewayError } from "../../canonical/errors.ts";
import type { Store } from "../ports.ts";
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
  const end = () => {
    remote.end(new GatewayError("shutting_down", "The gateway's store is closed."));
    worker.terminate();
  };
  try {
    await remote.call("store", "open", options.path);
  } catch (error) {
    end();
    throw error;
  }
  const { call } = remote;
  let closing: Promise<void> | undefined;
  return {
    requests: {
      append: (rows) => call("requests", "append", rows),
      list: (filter, page) => call("requests", "list", filter, page),
      get: (id) => call("requests", "get", id),
      deleteBefore: (beforeMs, limit) => call("requests", "deleteBefore", beforeMs, limit),
    },
    budgets: {
      lease: (node, requests) => call("budgets", "lease", node, requests),
      giveBack: (node, amounts) => call("budgets", "giveBack", node, amounts),
      recover: (node) => call("budgets", "recover", node),
      windows: () => call("budgets", "windows"),
      release: (budget) => call("budgets", "release", budget),
      reset: (budget) => call("budgets", "reset", budget),
    },
    ledger: {
      append: (node, entries, calls) => call("ledger", "append", node, entries, calls),
      usage: (query) => call("ledger", "usage", query),
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
