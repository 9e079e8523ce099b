/**
 * Damaged bodies and streams at every parser: a result or an error of ours, never another throw, and never more kept
 * than the limits. The seed is printed; FC_SEED repeats a run and EVERGATE_FUZZ_RUNS lengthens it.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/canonical/chat.ts";
import { FAILURES, GatewayError } from "../../src/canonical/errors.ts";
import { collect } from "../../src/canonical/events.ts";
import { MalformedReply } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { fixturesOf } from "./fixtures.ts";
import { eventsOf, OPTIONS, pathOf, piecesOf, unchanged } from "./observe.ts";

const RUNS = Number(process.env["EVERGATE_FUZZ_RUNS"] ?? 300);
const SEED = fc.readConfigureGlobal().seed ?? Date.now() % 2 ** 31;
const SETTINGS = { numRuns: RUNS, seed: SEED, includeErrorInReport: true };
const TIMEOUT_MS = 900_000;
console.log(`fuzz seed ${SEED}, ${RUNS} runs each`);

/** Values that parsers of other people's JSON have stumbled over. */
const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, false, 0, -1, 1e308, 0.5, "", "x", [], {}, [null], [[]], [{}], { type: "text" }),
  fc.constantFrom<Json[]>(
    "__proto__",
    "constructor",
    "data:image/png;base64,",
    "\ud800",
    "{",
    '{"a":',
    "eg1.",
    "eg1.anthropic.",
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

interface Damage {
  /** Chooses a place: of all places in the body, by share. */
  at: number;
  how: "replace" | "delete" | "double" | "rename";
  value: Json;
}
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  how: fc.constantFrom("replace", "delete", "double", "rename"),
  value: oddValue,
});
const damages = fc.array(damage, { minLength: 1, maxLength: 4 });

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("%s", (name, dialect) => {
  const { requests, replies, streams } = fixturesOf(name);
  const bodyOf = (list: readonly (readonly [string, JsonObject])[]) =>
    fc.tuple(fc.constantFrom(...list.map(([, body]) => body)), damages).map(([body, all]) => damaged(body, all));

  test(
    "requests",
    () => {
      fc.assert(
        fc.property(bodyOf(requests), (body) => {
          const path = { model: "m", ...pathOf(body) };
          ours(() => dialect.inspect(body, path));
          const request = ours(() => dialect.parseRequest(body, path));
          if (!request) return;
          ours(() => dialect.edits(body, unchanged(body)));
          for (const to of DIALECTS) {
            const { traits, stream } = unchanged(body);
            const there = ours(() =>
              to.formatRequest(request, { traits: { ...traits, defaultMaxOutputTokens: 9 }, stream }),
            );
            if (there) expect(() => JSON.stringify(there.body)).not.toThrow();
          }
        }),
        SETTINGS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    "whole answers",
    () => {
      fc.assert(
        fc.property(bodyOf(replies), (body) => {
          const answer = ours(() => dialect.parseReply(body));
          if (answer) for (const to of DIALECTS) ours(() => to.formatReply(answer, OPTIONS));
        }),
        SETTINGS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    "streams",
    () => {
      const bytes = fc.constantFrom(...streams.map(([, body]) => body));
      const cut = fc.record({ at: fc.nat(), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 40 }) });
      fc.assert(
        fc.property(
          bytes,
          fc.array(cut, { minLength: 1, maxLength: 4 }),
          fc.integer({ min: 1, max: 700 }),
          (body, cuts, size) => {
            const broken = cuts.reduce(spliced, body);
            const pieces = ours(() => piecesOf(dialect, chunked(broken, size)));
            expect(pieces).toBeDefined();
            const failures = pieces!.flatMap(({ failure }) => failure ?? []);
            expect(failures.length).toBeLessThanOrEqual(1);
            for (const failure of failures) expect(FAILURES).toHaveProperty(failure.class);
            const events = ours(() => eventsOf(dialect, pieces!));
            for (const to of events ? DIALECTS : []) {
              const writer = to.frameWriter(OPTIONS);
              ours(() => writer.write(events!));
            }
            if (events) ours(() => collect(events));
            // Pieces hold what came and nothing more.
            const kept = pieces!.reduce((sum, piece) => sum + (piece.bytes?.byteLength ?? 0), 0);
            expect(kept).toBeLessThanOrEqual(2 * broken.byteLength + 1_024);
          },
        ),
        SETTINGS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    "errors",
    () => {
      const status = fc.integer({ min: 400, max: 599 });
      const text = fc.oneof(
        fc.string(),
        oddValue.map((value) => JSON.stringify({ error: value, message: value })),
      );
      fc.assert(
        fc.property(status, text, (code, body) => {
          const failure = dialect.parseError(code, new Headers(), body);
          expect(FAILURES).toHaveProperty(failure.class);
          expect(typeof failure.message).toBe("string");
        }),
        SETTINGS,
      );
    },
    TIMEOUT_MS,
  );

  test("a frame without an end is given up before it fills the memory", () => {
    const reader = dialect.frameReader();
    const chunk = new Uint8Array(1024 * 1024).fill(0x61);
    chunk.set(new TextEncoder().encode("data: "), 0);
    // The first bytes of an event-stream frame are its length: 1.6 GB here.
    let fed = 0;
    let failed = false;
    for (; fed < 128 && !failed; fed++) failed = reader.push(chunk).some((piece) => piece.failure !== undefined);
    expect(failed).toBe(true);
  });
});

/** The result; undefined when the parser refused with an error of ours. Anything else thrown fails the test. */
function ours<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GatewayError || error instanceof MalformedReply) return undefined;
    throw error;
  }
}

function damaged(body: JsonObject, all: readonly Damage[]): JsonObject {
  const copy = structuredClone(body);
  for (const { at, how, value } of all) {
    const places = placesIn(copy);
    const place = places[Math.floor(at * places.length)];
    if (!place) continue;
    const { holder, key } = place;
    const holds = holder as Record<string, Json>;
    if (how === "replace") holds[key] = structuredClone(value);
    else if (how === "delete") {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holds[key];
    } else if (how === "double" && Array.isArray(holder)) holder.push(structuredClone(holds[key]!));
    // As JSON.parse makes it: "__proto__" becomes a field of its own.
    else if (typeof value === "string" && !Array.isArray(holder))
      Object.defineProperty(holder, value, {
        value: holds[key]!,
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  return copy;
}

function placesIn(value: Json): { holder: JsonObject | Json[]; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [{ holder: value, key }, ...placesIn(item)]);
}

function spliced(
  body: Uint8Array,
  { at, remove, insert }: { at: number; remove: number; insert: Uint8Array },
): Uint8Array {
  const place = body.length === 0 ? 0 : at % body.length;
  return Buffer.concat([body.subarray(0, place), insert, body.subarray(place + remove)]);
}

function chunked(body: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size));
}
