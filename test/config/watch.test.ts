import { expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/canonical/deps.ts";
import { WATCH_SETTLE_MS, watchConfig } from "../../src/config/watch.ts";
import { temporaryDirectory } from "./support.ts";

/** Tells when the watch starts to wait for a burst to end, and lets the test end it. */
function settlingClock() {
  let started = Promise.withResolvers<() => void>();
  let events = 0;
  let waiting = 0;
  const clock: Pick<Clock, "after"> = {
    after(ms, callback) {
      expect(ms).toBe(WATCH_SETTLE_MS);
      events += 1;
      waiting += 1;
      started.resolve(callback);
      return () => {
        waiting -= 1;
      };
    },
  };
  const next = async () => {
    const callback = await started.promise;
    started = Promise.withResolvers();
    return callback;
  };
  return { clock: clock as Clock, next, waiting: () => waiting, events: () => events };
}

function watching(files: readonly string[]) {
  const time = settlingClock();
  let changes = 0;
  const errors: string[] = [];
  const watch = watchConfig({
    files,
    clock: time.clock,
    onChange: () => {
      changes += 1;
    },
    onError: (directory) => errors.push(directory),
  });
  return { ...time, watch, errors, changes: () => changes, [Symbol.dispose]: () => watch.close() };
}

test.each([
  ["written", (directory: string) => Bun.write(join(directory, "a.ts"), "2")],
  [
    "replaced by a rename, as editors do",
    async (directory: string) => {
      await Bun.write(join(directory, "a.ts.tmp"), "2");
      renameSync(join(directory, "a.ts.tmp"), join(directory, "a.ts"));
    },
  ],
])("a file that is %s is told once the burst is over", async (_what, change) => {
  using directory = temporaryDirectory();
  using watched = watching([directory.write("a.ts", "1")]);
  await change(directory.path);
  const settle = await watched.next();
  expect(watched.changes()).toBe(0);
  settle();
  expect(watched.changes()).toBe(1);
});

test("a second rename is seen as well, and a file that did not exist", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "a.ts");
  using watched = watching([file]);
  for (const round of [1, 2, 3]) {
    directory.write("a.ts.tmp", String(round));
    renameSync(`${file}.tmp`, file);
    (await watched.next())();
  }
  expect(watched.changes()).toBeGreaterThanOrEqual(3);
});

test("a burst waits once", async () => {
  using directory = temporaryDirectory();
  const file = directory.write("a.ts", "1");
  using watched = watching([file]);
  // Writes of one file may be told as one event; renames are told one by one.
  for (let round = 0; round < 5; round++) renameSync(directory.write("a.ts.tmp", String(round)), file);
  while (watched.events() < 5) await watched.next();
  expect(watched.waiting()).toBe(1);
});

test("other files in the directory are none of its business", async () => {
  using directory = temporaryDirectory();
  using watched = watching([directory.write("a.ts", "1")]);
  for (let round = 0; round < 50; round++) directory.write("b.ts", String(round));
  directory.write("a.ts", "2");
  await watched.next();
  expect(watched.events()).toBeLessThan(10);
});

test("after a reload it watches the files of the new configuration", async () => {
  using directory = temporaryDirectory();
  using other = temporaryDirectory();
  using watched = watching([directory.write("a.ts", "1")]);
  watched.watch.replace([join(other.path, "b.ts")]);
  directory.write("a.ts", "2");
  other.write("b.ts", "2");
  (await watched.next())();
  expect(watched.changes()).toBe(1);
  expect(watched.errors).toEqual([]);
});

test("closing cancels a reload that waits for the end of a burst", async () => {
  using directory = temporaryDirectory();
  using watched = watching([directory.write("a.ts", "1")]);
  directory.write("a.ts", "2");
  await watched.next();
  watched.watch.close();
  expect(watched.waiting()).toBe(0);
});

test("a directory that cannot be watched is told", () => {
  using directory = temporaryDirectory();
  using watched = watching([join(directory.path, "gone", "a.ts")]);
  expect(watched.errors).toEqual([join(directory.path, "gone")]);
});
