import { expect, test } from "bun:test";
import { link, readQuery, writeQuery } from "../../src/ui/location.tsx";

const DEFAULTS = { range: "24h", model: "" };

test.each([
  ["", { range: "24h", model: "" }],
  ["range=7d&model=gpt%204", { range: "7d", model: "gpt 4" }],
  ["other=1", { range: "24h", model: "" }],
])("%j is read as %p", (query, values) => expect(readQuery(new URLSearchParams(query), DEFAULTS)).toEqual(values));

test.each([
  ["", { range: "7d" }, "?range=7d"],
  ["range=7d", { range: "24h" }, ""],
  ["range=7d&model=fast", { model: "" }, "?range=7d"],
  ["other=1", { model: "a&b=c" }, "?other=1&model=a%26b%3Dc"],
  ["model=fast", {}, "?model=fast"],
])("%j with %p becomes %s: a view has one address", (query, changes, text) =>
  expect(writeQuery(new URLSearchParams(query), DEFAULTS, changes)).toBe(text),
);

test("a link leaves out what is empty", () => {
  expect(link("/ui/requests", { model: "a/b", failover: true, key: "", team: null, status: undefined })).toBe(
    "/ui/requests?model=a%2Fb&failover=true",
  );
  expect(link("/ui")).toBe("/ui");
});
