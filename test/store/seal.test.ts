import { describe, expect, test } from "bun:test";
import { createSeal } from "../../src/store/seal.ts";

const key = (byte: number) => new Uint8Array(32).fill(byte);
const text = new TextEncoder().encode("what was said in confidence");

describe("seal", () => {
  test("opens what it sealed, at its place, with its key", () => {
    const sealed = createSeal(key(1)).seal(text, "answers/a");
    expect(createSeal(key(1)).open(sealed, "answers/a")).toEqual(Buffer.from(text));
  });

  test.each([
    ["another key", () => createSeal(key(2)).open(createSeal(key(1)).seal(text, "a"), "a")],
    ["another place", () => createSeal(key(1)).open(createSeal(key(1)).seal(text, "a"), "b")],
    ["a changed bit", () => createSeal(key(1)).open(changed(createSeal(key(1)).seal(text, "a")), "a")],
    ["no seal at all", () => createSeal(key(1)).open("bm90IHNlYWxlZA==", "a")],
  ])("does not open with %s", (_name, open) => {
    expect(open()).toBeUndefined();
  });

  test("never the same twice, and nothing of the text shows", () => {
    const seal = createSeal(key(1));
    const [a, b] = [seal.seal(text, "a"), seal.seal(text, "a")];
    expect(a).not.toBe(b);
    expect(Buffer.from(a, "base64").includes(Buffer.from("confidence"))).toBe(false);
  });

  test("a key of another length is a programmer's error", () => {
    expect(() => createSeal(new Uint8Array(16))).toThrow("32 bytes");
  });
});

function changed(sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  bytes[bytes.length - 1]! ^= 1;
  return bytes.toString("base64");
}
