import { expect, test } from "bun:test";
import { climb } from "../../../src/cache/guards/ladder.ts";
import { climbTexts, lexicon, question } from "../support.ts";

test.each([
  ["Where is the station?", "Wo ist der Bahnhof?", 0, "language"],
  ["Track parcel 4411", "Track parcel 4141", 0, "numbers"],
  ["Soup with onions", "Soup without onions", 1, "negation"],
  ["Why is it late?", "When is it late?", 2, "form"],
  ["Buses from Rome to Oslo", "Buses from Oslo to Rome", 3, "order"],
  ["Best cafés near Malaga", "Best cafés near Marbella", 4, "name"],
  ["How do I grow basil?", "How do I grow wheat?", 4, "name"],
  ["How do I paint a wall?", "How do I paint a door?", 5, "unexplained"],
  ["How do I fix a fence?", "How can I repair a fence?", 6, undefined],
] as const)("%p / %p reaches level %p", (a, b, level, reason) => {
  const climbed = climbTexts(a, b);
  expect(climbed.level).toBe(level);
  if (reason) expect(climbed.reason).toStartWith(reason);
  else expect(climbed.reason).toBeUndefined();
  expect(climbTexts(b, a).level).toBe(level);
});

test("a parse that older rules made matches nothing", () => {
  const asked = question("How do I fix a fence?");
  expect(climb(asked, { ...asked, version: asked.version - 1 }, lexicon).level).toBe(0);
});
