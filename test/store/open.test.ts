import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { openStore } from "../../src/store/sqlite/store.ts";
import { rejection, requestRow, temporaryDirectory } from "./support.ts";

test("settings outlive the process that set them", async () => {
  using directory = temporaryDirectory();
  const first = await openStore({ path: directory.path });
  expect(await first.settings.get("token")).toBeNull();
  expect(await first.settings.setIfAbsent("token", "one")).toBe("one");
  expect(await first.settings.setIfAbsent("token", "two")).toBe("one");
  await first.settings.set("token", "three");
  await first.close();
  const second = await openStore({ path: directory.path });
  expect(await second.settings.get("token")).toBe("three");
  await second.close();
});

test("the data directory is made for its owner alone, and so is every file in it", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/a/data`;
  const store = await openStore({ path });
  await store.requests.append([requestRow(1)]);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  const files = ["state.db", "log.db", "log.db-wal", "log.db-shm", "evergate.lock"];
  for (const file of files) expect([file, statSync(`${path}/${file}`).mode & 0o777]).toEqual([file, 0o600]);
  await store.close();
});

test("files readable by others are closed to them", async () => {
  using directory = temporaryDirectory();
  await (await openStore({ path: directory.path })).close();
  chmodSync(`${directory.path}/state.db`, 0o644);
  await (await openStore({ path: directory.path })).close();
  expect(statSync(`${directory.path}/state.db`).mode & 0o777).toBe(0o600);
});

test("closing waits for what was called before, writes it into the database itself, and refuses what comes later", async () => {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const appended = store.requests.append([requestRow(1)]);
  await Promise.all([store.close(), store.close()]);
  await appended;
  expect(await rejection(store.requests.append([requestRow(2)]))).toMatchObject({ code: "shutting_down" });
  // Nothing holds the files any more, and a copy of the one file has everything.
  expect(existsSync(`${directory.path}/log.db-wal`)).toBe(false);
  const copy = `${directory.path}/copy.db`;
  writeFileSync(copy, readFileSync(`${directory.path}/log.db`));
  const database = new Database(copy);
  expect(database.query("SELECT count(*) AS rows FROM requests").get()).toEqual({ rows: 1 });
  database.close();
});

describe("a database that cannot be used is named, and left as it was found", () => {
  const faults: [string, "state.db" | "log.db", (file: string) => void, RegExp][] = [
    [
      "not a database",
      "state.db",
      (file) => writeFileSync(file, "hello, world, this is a text\n".repeat(200)),
      /corrupt/,
    ],
    ["overwritten from its start", "log.db", (file) => damage(file, 0), /corrupt/],
    ["overwritten in the middle", "log.db", (file) => damage(file, 4_096 * 3), /corrupt/],
    ["cut in the middle of a page", "log.db", (file) => cut(file, 4_096 * 20 + 100), /corrupt/],
    ["of another program", "state.db", foreign, /another program/],
    ["of a newer version", "log.db", newer, /newer version \(schema 99/],
    ["a directory", "state.db", replaceByDirectory, /./],
  ];
  test.each(faults)("%s: %s", async (_, name, spoil, message) => {
    using directory = temporaryDirectory();
    const store = await openStore({ path: directory.path });
    for (let batch = 0; batch < 10; batch++) {
      await store.requests.append(Array.from({ length: 100 }, (_, n) => requestRow(batch * 100 + n)));
    }
    await store.close();
    const file = `${directory.path}/${name}`;
    spoil(file);
    const before = statSync(file).isFile() ? readFileSync(file).toString("base64") : "directory";

    for (let attempt = 0; attempt < 2; attempt++) {
      const error = (await rejection(openStore({ path: directory.path }))) as Error;
      expect(error.name).toBe("StoreOpenError");
      expect(error.message).toMatch(message);
      expect(error.message).toContain(file);
      expect(error.message).not.toContain("\n");
    }
    expect(statSync(file).isFile() ? readFileSync(file).toString("base64") : "directory").toBe(before);
  });

  test("a data directory that cannot be made", async () => {
    using directory = temporaryDirectory();
    writeFileSync(`${directory.path}/file`, "");
    expect(await rejection(openStore({ path: `${directory.path}/file/data` }))).toMatchObject({
      message: `Cannot open ${directory.path}/file/data: the data directory cannot be created.`,
    });
  });

  test("a data directory that takes no files, not even from root", async () => {
    expect(await rejection(openStore({ path: "/proc" }))).toMatchObject({
      message: "Cannot open /proc/evergate.lock: the lock file cannot be written.",
    });
  });
});

describe("two processes on one data directory", () => {
  test("the second is refused and told why, the first goes on", async () => {
    using directory = temporaryDirectory();
    await using child = await serveIn(directory.path, "idle");
    expect(await rejection(openStore({ path: directory.path }))).toMatchObject({
      name: "StoreOpenError",
      message: `Cannot open ${directory.path}: another evergate process is running on this data directory.`,
    });
    expect(child.process.exitCode).toBeNull();
  });

  test("the same within one process", async () => {
    using directory = temporaryDirectory();
    const first = await openStore({ path: directory.path });
    expect(await rejection(openStore({ path: directory.path }))).toMatchObject({ name: "StoreOpenError" });
    await first.settings.set("still", "here");
    await first.close();
    await (await openStore({ path: directory.path })).close();
  });

  test("kill -9 leaves no lock behind, and every acknowledged row", async () => {
    using directory = temporaryDirectory();
    await using child = await serveIn(directory.path, "append");
    let acknowledged = 0;
    while (acknowledged < 500) acknowledged = Number(await child.line());
    child.process.kill("SIGKILL");
    await child.process.exited;
    for (let line = await child.line(); line !== undefined; line = await child.line()) acknowledged = Number(line);

    const store = await openStore({ path: directory.path });
    let rows = 0;
    let cursor: string | undefined;
    do {
      const page = await store.requests.list({}, { limit: 1_000, cursor });
      rows += page.data.length;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(rows).toBeGreaterThanOrEqual(acknowledged);
    // A batch is whole or absent.
    expect(rows % 50).toBe(0);
    await store.close();
  });
});

test("a disk that takes no more refuses writes as overloaded, tells the log why, and what is there stays readable", async () => {
  using directory = temporaryDirectory();
  // A limit on file sizes stands for the full disk; its signal is ignored, so that the write itself fails.
  const limited = `trap '' XFSZ; ulimit -f 600; exec "$0" "$@"`;
  const command = [
    "bash",
    "-c",
    limited,
    process.execPath,
    `${import.meta.dir}/serve-child.ts`,
    directory.path,
    "append",
  ];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
  const lines = (await new Response(child.stdout).text()).trim().split("\n");
  expect(lines[0]).toBe("open");
  expect(Number(lines.at(-3))).toBeGreaterThan(100);
  expect(lines.at(-2)).toMatch(/^failed overloaded SQLITE_(FULL|IOERR)/);
  expect(lines.at(-1)).toBe("1 readable");
});

function damage(file: string, offset: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, offset, offset + 4_096 * 2);
  writeFileSync(file, bytes);
}

function cut(file: string, length: number): void {
  writeFileSync(file, readFileSync(file).subarray(0, length));
}

function foreign(file: string): void {
  writeFileSync(file, "");
  const database = new Database(file);
  database.run("CREATE TABLE albums (title TEXT)");
  database.close();
}

function newer(file: string): void {
  const database = new Database(file);
  database.run("PRAGMA user_version = 99");
  database.close();
}

function replaceByDirectory(file: string): void {
  Bun.spawnSync(["rm", file]);
  mkdirSync(file);
}

async function serveIn(path: string, mode: "idle" | "append") {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/serve-child.ts`, path, mode], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = linesOf(child.stdout);
  const line = async () => (await lines.next()).value;
  expect(await line()).toBe("open");
  return {
    process: child,
    line,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
