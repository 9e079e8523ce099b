import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { extractLibrary } from "../../../src/cache/embedding/extract.ts";

const BYTES = new TextEncoder().encode("the library");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "extract-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("writes the library once, under its own name, in a directory of its hash that nobody else can enter", () => {
  const path = extractLibrary(BYTES, join(root, "lib"), "libx.so.1");
  expect(path).toMatch(/\/lib\/[0-9a-f]{64}\/libx\.so\.1$/);
  expect(readFileSync(path)).toEqual(Buffer.from(BYTES));
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, "lib")).mode & 0o777).toBe(0o700);
  const written = statSync(path).mtimeMs;
  expect(extractLibrary(BYTES, join(root, "lib"), "libx.so.1")).toBe(path);
  expect(statSync(path).mtimeMs).toBe(written);
});

test("other bytes under its path are replaced, never loaded", () => {
  const path = extractLibrary(BYTES, root, "libx.so.1");
  chmodSync(path, 0o700);
  writeFileSync(path, "planted");
  expect(extractLibrary(BYTES, root, "libx.so.1")).toBe(path);
  expect(readFileSync(path, "utf8")).toBe("the library");
});

test("a link to the right bytes is replaced by a file", () => {
  const path = extractLibrary(BYTES, root, "libx.so.1");
  rmSync(path);
  writeFileSync(join(root, "elsewhere"), BYTES);
  symlinkSync(join(root, "elsewhere"), path);
  extractLibrary(BYTES, root, "libx.so.1");
  writeFileSync(join(root, "elsewhere"), "changed later");
  expect(readFileSync(path, "utf8")).toBe("the library");
});

test("a directory open to others is closed, and a link in its place refused", () => {
  mkdirSync(join(root, "open"), { mode: 0o755 });
  extractLibrary(BYTES, join(root, "open"), "libx.so.1");
  expect(statSync(join(root, "open")).mode & 0o777).toBe(0o700);
  symlinkSync(join(root, "open"), join(root, "link"));
  expect(() => extractLibrary(BYTES, join(root, "link"), "libx.so.1")).toThrow("is not a directory");
});
