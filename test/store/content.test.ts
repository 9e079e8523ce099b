import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Store } from "../../src/store/ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { NOON_MS, requestRow, temporaryDirectory } from "./support.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;
beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openStore({ path: directory.path });
  await store.requests.append([
    requestRow(1, { content: { request: "user: Wie spät ist es in Zürich?", answer: "Es ist\nzehn Uhr." } }),
    requestRow(2, { content: { request: 'user: a "quoted" OR thing', answer: "NEAR nothing" }, model: "smart" }),
    requestRow(3),
  ]);
});
afterEach(async () => {
  await store.close();
  directory[Symbol.dispose]();
});

const idOf = (n: number) => requestRow(n).id;
const found = async (text: string) => (await store.requests.list({ text }, { limit: 10 })).data.map(({ id }) => id);

test("is with its request, and with no other", async () => {
  expect((await store.requests.get(idOf(1)))?.content).toEqual({
    request: "user: Wie spät ist es in Zürich?",
    answer: "Es ist\nzehn Uhr.",
  });
  expect(await store.requests.get(idOf(3))).toEqual(requestRow(3));
});

test("lists leave it out", async () => {
  const { data } = await store.requests.list({}, { limit: 10 });
  expect(data.map((row) => "content" in row)).toEqual([false, false, false]);
});

const searches: [string, number[]][] = [
  ["zürich", [1]],
  ["ZURICH", [1]],
  ["spät ist es", [1]],
  ["ist zehn", [1]],
  ["Zür", [1]],
  ["es spät", []],
  ['"quoted" OR', [2]],
  ["NEAR nothing", [2]],
  ["request:", []],
  ['"', []],
  ["smart", [2]],
  ["nowhere", []],
];
test.each(searches)("found by its words: %s", async (text, expected) => {
  expect(await found(text)).toEqual(expected.map(idOf));
});

test("filters hold for what is found", async () => {
  const { data } = await store.requests.list({ text: "nothing", model: "fast" }, { limit: 10 });
  expect(data).toEqual([]);
});

test("is deleted by its age, the row stays", async () => {
  expect(await store.requests.deleteContentBefore(NOON_MS + 2, 10)).toBe(1);
  expect(await store.requests.get(idOf(1))).toEqual(requestRow(1));
  expect(await found("zürich")).toEqual([]);
  expect(await found("quoted")).toEqual([idOf(2)]);
});

describe("a log that takes too much room", () => {
  test("loses its oldest content, then its oldest rows", async () => {
    expect(await store.requests.deleteBeyond(1, 1)).toBe(1);
    expect((await store.requests.get(idOf(1)))?.content).toBeUndefined();
    expect((await store.requests.get(idOf(2)))?.content).toBeDefined();
    expect(await store.requests.deleteBeyond(1, 10)).toBe(1);
    expect(await store.requests.deleteBeyond(1, 2)).toBe(2);
    expect((await store.requests.list({}, { limit: 10 })).data.map(({ id }) => id)).toEqual([idOf(3)]);
  });
  test("within its room it loses nothing", async () => {
    expect(await store.requests.deleteBeyond(1024 ** 3, 10)).toBe(0);
    expect((await store.requests.list({}, { limit: 10 })).data).toHaveLength(3);
  });
});
