import { expect, test } from "bun:test";
import { endUser } from "../../src/policies/end-user.ts";

test.each([[undefined], ["ann"], ["u".repeat(256)]])("a name of a sensible length stays as it is: %p", (name) => {
  expect(endUser(name)).toBe(name);
});

test("a longer one goes by its digest, as one user and no other", () => {
  const known = endUser("u".repeat(257))!;
  expect(known).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(endUser("u".repeat(257))).toBe(known);
  expect(endUser("u".repeat(258))).not.toBe(known);
});
