import { expect, test } from "bun:test";
import { isOurs, newRecordId, newVirtualKey, prefixOf } from "../../../src/config/dynamic/virtual-key.ts";

test("a secret is eg_ and 40 base62 characters, never the same twice", () => {
  const keys = Array.from({ length: 1_000 }, newVirtualKey);
  for (const key of keys) expect(key).toMatch(/^eg_[A-Za-z0-9]{40}$/);
  expect(new Set(keys).size).toBe(keys.length);
  expect(prefixOf("eg_abcdefg")).toBe("eg_abc");
  expect(newRecordId("key")).toMatch(/^key_[A-Za-z0-9]{16}$/);
});

test("no character is favoured, as the first eight would be by a remainder", () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 4_000; n++)
    for (const character of newVirtualKey().slice(3)) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  const mean = (characters: string[]) => characters.reduce((sum, one) => sum + counts.get(one)!, 0) / characters.length;
  const [first, rest] = [[..."ABCDEFGH"], [...counts.keys()].filter((one) => !"ABCDEFGH".includes(one))];
  // A remainder would make it 1.25; ten standard deviations are 0.09.
  expect(Math.abs(mean(first) / mean(rest) - 1)).toBeLessThan(0.1);
});

test.each([
  ["eg_0123456789012345678901234567890123456789", true],
  ["eg_012345678901234567890123456789012345678", false],
  ["sk-0123456789012345678901234567890123456789", false],
  ["eg_01234567890123456789012345678901234567-9", false],
])("%s is of our making: %p", (secret, expected) => expect(isOurs(secret)).toBe(expected));
