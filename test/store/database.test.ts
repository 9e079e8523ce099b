import { describe, expect, test } from "bun:test";
import { openDatabase } from "../../src/store/sqlite/database.ts";
import { createRemote, MAX_PENDING_CALLS } from "../../src/store/sqlite/rpc.ts";
import { decodeError, encodeError } from "../../src/store/sqlite/wire-error.ts";
import { temporaryDirectory } from "./support.ts";

describe("migrations", () => {
  const FIRST = ["CREATE TABLE a (x INTEGER)", "INSERT INTO a VALUES (1)"];
  const SECOND = ["ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 2", "CREATE TABLE b (z INTEGER)"];
  const open = (file: string, ...migrations: string[][]) => openDatabase(file, { synchronous: "NORMAL", migrations });

  test("each is applied once, in order, and keeps what is there", () => {
    using directory = temporaryDirectory();
    const file = `${directory.path}/x.db`;
    open(file, FIRST).close();
    open(file, FIRST).close();
    open(file, FIRST, SECOND).close();
    const database = open(file, FIRST, SECOND);
    expect(database.query("SELECT * FROM a").all()).toEqual([{ x: 1, y: 2 }]);
    database.close();
  });

  test("one that fails leaves the schema and the data of before, and names the file", () => {
    using directory = temporaryDirectory();
    const file = `${directory.path}/x.db`;
    open(file, FIRST).close();
    expect(() => open(file, FIRST, SECOND, ["CREATE TABLE c (w)", "CREATE TABLE c (w)"])).toThrow(file);
    const database = open(file, FIRST);
    expect(database.query("SELECT name FROM sqlite_schema").values()).toEqual([["a"]]);
    expect(database.query("SELECT * FROM a").all()).toEqual([{ x: 1 }]);
    database.close();
  });

  test("an older program refuses the newer file", () => {
    using directory = temporaryDirectory();
    const file = `${directory.path}/x.db`;
    open(file, FIRST, SECOND).close();
    expect(() => open(file, FIRST)).toThrow(/newer version \(schema 2, known here: 1\); update evergate/);
  });
});

test.each([
  ["SQLITE_FULL", "overloaded"],
  ["SQLITE_IOERR_WRITE", "overloaded"],
  ["SQLITE_BUSY", "overloaded"],
  ["SQLITE_CONSTRAINT_NOTNULL", "internal"],
  [undefined, "internal"],
])("%s reaches the caller as %s, with SQLite's words for the log alone", (code, expected) => {
  const error = decodeError(encodeError(Object.assign(new Error("detail in /data/log.db"), { code })));
  expect(error).toMatchObject({ code: expected, cause: { message: "detail in /data/log.db" } });
  expect(error.message).not.toContain("/data");
});

test("calls beyond the bound are refused at once; answered ones make room", async () => {
  const sent: string[] = [];
  const remote = createRemote<{ group: { echo(n: number): number } }>((message) => sent.push(message));
  const calls = Array.from({ length: MAX_PENDING_CALLS }, (_, n) => remote.call("group", "echo", n));
  await expect(remote.call("group", "echo", -1)).rejects.toMatchObject({ code: "overloaded" });
  expect(sent).toHaveLength(MAX_PENDING_CALLS);
  remote.receive(JSON.stringify({ id: 1, value: 0 }));
  expect(await calls[0]).toBe(0);
  const next = remote.call("group", "echo", 7);
  remote.receive(JSON.stringify({ id: JSON.parse(sent.at(-1)!).id, value: 7 }));
  expect(await next).toBe(7);
});
