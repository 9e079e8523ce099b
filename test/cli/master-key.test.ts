/** Which key opens a data directory, and what is said where none does. */
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { openSeal } from "../../src/cli/master-key.ts";
import { StartError } from "../../src/cli/start-error.ts";
import { rejection } from "../store/support.ts";

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

const KEY_A = "a".repeat(64);
const KEY_B = "b".repeat(64);

function place() {
  const path = mkdtempSync(`${tmpdir()}/evergate-master-`);
  made.push(path);
  const kept = new Map<string, string>();
  const settings = {
    get: async (name: string) => kept.get(name) ?? null,
    setIfAbsent: async (name: string, value: string) => {
      if (!kept.has(name)) kept.set(name, value);
      return kept.get(name)!;
    },
  };
  const open = (variable?: string) =>
    openSeal(variable === undefined ? {} : { EVERGATE_MASTER_KEY: variable }, path, settings);
  const write = (name: string, text: string) => writeFileSync(`${path}/${name}`, text);
  return { path, kept, open, write, has: (name: string) => existsSync(`${path}/${name}`) };
}

test("one is made on the first start, in a file that only its owner can read, and used from then on", async () => {
  const { path, open } = place();
  const sealed = (await open()).seal(Buffer.from("text"), "place");
  expect(statSync(`${path}/master.key`).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${path}/master.key`, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  expect(Buffer.from((await open()).open(sealed, "place")!).toString()).toBe("text");
});

test("the operator's own is used and written nowhere", async () => {
  const { open, has, kept } = place();
  await open(KEY_A);
  expect(has("master.key")).toBe(false);
  expect([...kept.values()].join()).not.toContain("aaaa");
});

describe("a wrong key is told at start, and nothing is changed", () => {
  test("another variable", async () => {
    const { open, has } = place();
    await open(KEY_A);
    const error = await rejection(open(KEY_B));
    expect(error).toBeInstanceOf(StartError);
    expect((error as Error).message).toContain("EVERGATE_MASTER_KEY is not the master key that");
    expect((error as Error).message).toContain("rotate-master --discard");
    expect((error as Error).message).not.toContain("bbbb");
    expect(has("master.key")).toBe(false);
    await open(KEY_A);
  });

  test("a variable that hides the right file", async () => {
    const { open } = place();
    await open();
    expect(((await rejection(open(KEY_B))) as Error).message).toContain("unset the variable");
  });

  test("no variable where there was one: no new key is made in its place", async () => {
    const { open, has } = place();
    await open(KEY_A);
    expect(((await rejection(open())) as Error).message).toContain("has no key");
    expect(has("master.key")).toBe(false);
  });

  test("another file", async () => {
    const { open, write, path } = place();
    await open();
    write("master.key", `${KEY_B}\n`);
    expect(((await rejection(open())) as Error).message).toContain(`${path}/master.key is not the master key`);
  });

  test.each(["short", ""])("a file that holds %j", async (text) => {
    const { open, write } = place();
    write("master.key", text);
    expect(await rejection(open())).toBeInstanceOf(StartError);
  });
});

describe("after a rotation that was killed", () => {
  test("before its data was written the old key holds, and the new one is taken away", async () => {
    const { open, write, has } = place();
    await open();
    write("master.key.new", `${KEY_B}\n`);
    await open();
    expect(has("master.key.new")).toBe(false);
  });

  test("after it the new key takes its place", async () => {
    const { open, write, has, path, kept } = place();
    await open(KEY_B);
    const proof = kept.get("master-key-proof")!;
    write("master.key", `${KEY_A}\n`);
    write("master.key.new", `${KEY_B}\n`);
    await open();
    expect(has("master.key.new")).toBe(false);
    expect(readFileSync(`${path}/master.key`, "utf8")).toBe(`${KEY_B}\n`);
    expect(kept.get("master-key-proof")).toBe(proof);
  });
});
