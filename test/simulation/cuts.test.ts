import { describe, expect, test } from "bun:test";
import { ANSWER, CUT_DIALECTS, runCut, streamBytes } from "../../scripts/resilience/cuts.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { WIRES } from "../../src/providers/simulated/simulated.ts";
import { VENDORS } from "../../src/providers/vendors.ts";
import { seededRandom } from "../support/seeded-random.ts";

/** Over all pairs more than a thousand; `bun run bench:resilience` makes ten times as many. */
const CUTS_A_PAIR = Math.ceil(1_000 / CUT_DIALECTS.length ** 2);

test("every dialect that a provider speaks and that can be simulated takes part", () => {
  const spoken = new Set([...VENDORS.values()].map(({ dialect }) => dialect));
  const simulated = DIALECTS.filter(({ name }) => spoken.has(name) && WIRES.some((wire) => wire.name === name));
  expect(CUT_DIALECTS.map(({ name }) => name)).toEqual(simulated.map(({ name }) => name));
});

describe.each(CUT_DIALECTS.map((source) => [source.name, source] as const))("%s cut anywhere", (_name, source) => {
  test.each(CUT_DIALECTS.map((target) => [target.name, target] as const))(
    "goes on in %s: nothing lost, nothing twice, whole to its client",
    async (_target, target) => {
      const length = await streamBytes(source);
      const random = seededRandom(source.name.length * 100 + target.name.length);
      let continued = 0;
      for (let seed = 1; seed <= CUTS_A_PAIR; seed++) {
        const outcome = await runCut(source, target, seed, Math.floor(random() * length));
        expect(outcome).toMatchObject({ text: ANSWER, finished: true, failed: false });
        if (outcome.continued) continued += 1;
      }
      expect(continued).toBeGreaterThan(CUTS_A_PAIR / 2);
    },
  );

  test("and uncut: not a character differs, and nobody is asked to go on", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const outcome = await runCut(source, source, seed, null);
      expect(outcome).toMatchObject({ text: ANSWER, finished: true, failed: false, continued: false });
    }
  });
});
