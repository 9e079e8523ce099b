/** What was asked and answered: texts beside the request log, found by their words. */
import type { Database } from "bun:sqlite";
import type { RequestContent } from "../ports.ts";
import { positionOf } from "./request-columns.ts";

/** Each text is taken out of the search index word by word: more at once would hold up the writer. */
const DELETE_MAX_ROWS = 200;

/** Triggers keep `content_search` in step (see the migration). */
export function contentQueries(client: Database) {
  const insert = client.prepare("insert or ignore into content (position, request, answer) values (?, ?, ?)");
  return {
    insert: (position: number, { request, answer }: RequestContent): void => void insert.run(position, request, answer),

    at: (position: number): RequestContent | null =>
      client.query<RequestContent, [number]>("select request, answer from content where position = ?").get(position),

    deleteBefore(beforeMs: number, limit: number): number {
      const before = Math.min(positionOf(beforeMs), Number.MAX_SAFE_INTEGER);
      const oldest = "select position from content where position < ? order by position limit ?";
      const statement = client.query<{ position: number }, [number, number]>(
        `delete from content where position in (${oldest}) returning position`,
      );
      return statement.all(before, Math.min(limit, DELETE_MAX_ROWS)).length;
    },
  };
}
