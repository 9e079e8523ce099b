/** The thread that owns the entries of `cache.db`: bun:sqlite is synchronous, and a commit may take milliseconds. */
import { answerCall } from "../../store/sqlite/rpc.ts";
import { openCacheDatabase } from "./database.ts";
import { entryQueries, noteQueries } from "./queries.ts";

declare const self: Worker;

export type AnswerGroups = {
  entries: ReturnType<typeof entryQueries>;
  notes: ReturnType<typeof noteQueries>;
  file: { open(path: string): void; close(): void };
};

const groups = {
  file: {
    open(path: string): void {
      const database = openCacheDatabase(path);
      groups.entries = entryQueries(database);
      groups.notes = noteQueries(database);
      groups.file.close = () => database.close();
    },
    close(): void {},
  },
} as AnswerGroups;

self.onmessage = (event: MessageEvent<string>) => self.postMessage(answerCall<AnswerGroups>(groups, event.data));
