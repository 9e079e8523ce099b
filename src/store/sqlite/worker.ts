/** The thread that owns all SQLite: bun:sqlite is synchronous, and a commit or a checkpoint may take milliseconds. */
import { openDatabases } from "./databases.ts";
import { answerCall } from "./rpc.ts";

declare const self: Worker;

export type WorkerGroups = ReturnType<typeof openDatabases>["tables"] & {
  store: { open(directory: string): void; close(): void };
};

const groups = {
  store: {
    open(directory: string): void {
      const { tables, close } = openDatabases(directory);
      Object.assign(groups, tables);
      groups.store.close = close;
    },
    close(): void {},
  },
} as WorkerGroups;

self.onmessage = (event: MessageEvent<string>) => self.postMessage(answerCall<WorkerGroups>(groups, event.data));
