import { describe, expect, test } from "bun:test";
import { createSeam } from "../../src/router/seam.ts";

const PARTIAL = "The keepers of the lighthouse count their lamps every evening, and then they";
const REST = " write down how the sea behaved.";
const TAIL = "count their lamps every evening, and then they";

function joined(answer: string, chunkCharacters: number): string {
  const seam = createSeam(PARTIAL, "instruction", "");
  let text = "";
  for (let at = 0; at < answer.length; at += chunkCharacters)
    text += seam.text(answer.slice(at, at + chunkCharacters)) ?? "";
  return text + seam.end();
}

describe.each([1, 7, 1_000])("in chunks of %d characters", (size) => {
  test.each([
    ["the last words again", TAIL + REST],
    ["the rest alone", REST],
    ["an introduction and the last words", `Of course, here is the rest:\n\n${TAIL}${REST}`],
    ["everything again", PARTIAL + REST],
  ])("%s", (_name, answer) => expect(joined(answer, size)).toBe(REST));

  test.each([
    ["an introduction and no repetition", `Sure, continuing from where I left off:\n\n${REST.trimStart()}`],
    ["an apology and no repetition", `I'll continue my answer.\n${REST.trimStart()}`],
    ["another beginning", `${PARTIAL.slice(0, 40)} do many other things, of which I know nothing at all today.`],
  ])("%s cannot be joined", (_name, answer) => {
    expect(() => joined(answer, size)).toThrow();
  });
});
