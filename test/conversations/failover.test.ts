/** Conversations survive failover: the provider changes at every turn and nothing is lost, orphaned or refused. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { CLIENTS, TOOL_NAMES } from "./clients.ts";
import { faultsOf, MODELS, type ProviderName, type Turn } from "./dialogue.ts";

const PROVIDERS = Object.keys(MODELS) as ProviderName[];
const TURNS = 12;
const RUNS = Number(process.env["EVERGATE_SLOW_RUNS"] ?? 200);

/** Two calls, their results with one more call, its result with an answer, then a question: again and again. */
function turnsIn(order: readonly ProviderName[]): Turn[] {
  return Array.from({ length: TURNS }, (_, index) => {
    const step = index % 4;
    const calls = step === 0 ? TOOL_NAMES : step === 1 ? TOOL_NAMES.slice(0, 1) : [];
    return {
      provider: order[index % order.length]!,
      text: `question ${index}`,
      thinking: step === 3 ? "" : `thought ${index}`,
      answer: step === 0 ? "" : `answer ${index}`,
      calls: calls.map((name, i) => ({ name, city: `City ${index}.${i}` })),
      stream: index % 3 === 1,
    };
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

test.each(CLIENTS.map((client) => [client.dialect, client] as const))(
  "a client of %s: twelve turns in every order of six providers",
  (_, client) => {
    const broken = permutations(PROVIDERS).flatMap((order) => {
      const faults = faultsOf(client, turnsIn(order));
      return faults.length === 0 ? [] : [`${order.join(" > ")}: ${faults[0]}`];
    });
    expect([broken.length, ...broken.slice(0, 5)]).toEqual([0]);
  },
  60_000,
);

const word = fc.stringMatching(/^[a-zA-Zäöü漢😀"\\{}<>]{1,12}( [a-z.!?]{1,8}){0,3}$/u);
const turn: fc.Arbitrary<Turn> = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  text: word,
  thinking: fc.oneof(fc.constant(""), word),
  answer: word,
  calls: fc.array(fc.record({ name: fc.constantFrom(...TOOL_NAMES), city: word }), { maxLength: 3 }),
  stream: fc.boolean(),
});

test.each(CLIENTS.map((client) => [client.dialect, client] as const))(
  "a client of %s: whatever is said and called",
  (_, client) => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: TURNS }), (turns) => {
        expect(faultsOf(client, turns)).toEqual([]);
      }),
      { numRuns: RUNS, verbose: 1 },
    );
  },
  600_000,
);
