import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Piece, Reply } from "../../src/canonical/reply.ts";
import { shareReply } from "../../src/canonical/share.ts";

type Ending = "whole" | "throws" | "breaks";

const SIZE = 10;
const numbered = (n: number): Piece => ({ mark: "content", bytes: new Uint8Array(SIZE).fill(n) });
const broken: Piece = { mark: "error", failure: { class: "truncated", message: "cut" } };

/** A reply whose pieces come when the test delivers them, and which watches how it is treated. */
function source(length: number, ending: Ending) {
  let delivered = 0;
  let pending: PromiseWithResolvers<IteratorResult<Piece, undefined>> | undefined;
  const seen = { returned: 0, misuse: [] as string[] };
  let over = false;
  const reply: Reply = {
    dialect: "openai-chat",
    form: "stream",
    reader: () => () => [],
    pieces: {
      next() {
        if (pending) seen.misuse.push("pulled twice at once");
        if (over || seen.returned > 0) seen.misuse.push("pulled after its end");
        pending = Promise.withResolvers();
        return pending.promise;
      },
      async return() {
        seen.returned += 1;
        if (over) seen.misuse.push("returned after its end");
        pending?.resolve({ done: true, value: undefined });
        pending = undefined;
        return { done: true, value: undefined };
      },
    },
  };
  /** Answers the pull that waits, if one does. */
  const deliver = async () => {
    const waiting = pending;
    pending = undefined;
    if (waiting && delivered < length) waiting.resolve({ done: false, value: numbered(delivered++) });
    else if (waiting && ending === "breaks" && delivered === length) {
      delivered += 1;
      waiting.resolve({ done: false, value: broken });
    } else if (waiting) {
      over = true;
      if (ending === "throws") waiting.reject(new Error("the source failed"));
      else waiting.resolve({ done: true, value: undefined });
    }
    await settle();
  };
  return { reply, deliver, seen, over: () => over };
}

/** Lets every promise that can go on go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A reader with what it has been told. */
function readerOf(reply: Reply) {
  const told: (Piece | "done" | "thrown")[] = [];
  let busy = false;
  let left = false;
  return {
    told,
    get left() {
      return left;
    },
    /** Asks for one more piece, unless it still waits for the last. */
    ask() {
      if (busy || told.at(-1) === "done" || told.at(-1) === "thrown") return;
      busy = true;
      reply.pieces.next().then(
        ({ done, value }) => {
          busy = false;
          told.push(done ? "done" : value!);
        },
        () => {
          busy = false;
          told.push("thrown");
        },
      );
    },
    async leave() {
      left = true;
      await reply.pieces.return!();
    },
  };
}

describe("any interleaving of joining, reading, leaving and delivering", () => {
  const action = fc.oneof(
    { weight: 2, arbitrary: fc.constant({ do: "join", reader: 0 } as const) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant("ask" as const), reader: fc.nat(5) }) },
    { weight: 6, arbitrary: fc.constant({ do: "deliver", reader: 0 } as const) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), reader: fc.nat(5) }) },
  );
  const scenario = fc.record({
    length: fc.nat(6),
    ending: fc.constantFrom<Ending>("whole", "throws", "breaks"),
    maxPieces: fc.constantFrom(2, 1_000),
    actions: fc.array(action, { maxLength: 60 }),
  });

  test("keeps the promises of a shared reply", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ length, ending, maxPieces, actions }) => {
        const { reply, deliver, seen, over } = source(length, ending);
        const shared = shareReply(reply, maxPieces * SIZE);
        let ended: boolean | undefined;
        void shared.ended.then((whole) => {
          ended = whole;
        });
        const readers: ReturnType<typeof readerOf>[] = [];
        const join = () => {
          const joined = shared.join();
          if (joined) readers.push(readerOf(joined));
          return joined;
        };
        join();
        for (const { do: what, reader: index } of actions) {
          const reader = readers[index % readers.length]!;
          if (what === "join") join();
          else if (what === "ask") reader.ask();
          else if (what === "leave") await reader.leave();
          else await deliver();
          await settle();
        }
        const cancelled = !over() && readers.every((reader) => reader.left);
        // Whoever is left reads to the end.
        for (let turn = 0; turn < length + 3; turn++) {
          for (const reader of readers) if (!reader.left) reader.ask();
          await settle();
          await deliver();
          for (const reader of readers)
            for (let more = 0; more < length + 3; more++) {
              if (!reader.left) reader.ask();
              await settle();
            }
        }

        expect(seen.misuse).toEqual([]);
        const all = [...Array.from({ length }, (_, n) => numbered(n)), ...(ending === "breaks" ? [broken] : [])];
        const end = ending === "throws" ? "thrown" : "done";
        for (const reader of readers) {
          const pieces = reader.told.filter((told) => typeof told !== "string");
          expect(pieces).toEqual(all.slice(0, pieces.length));
          if (!reader.left) expect(reader.told).toEqual([...all, end]);
        }
        expect(seen.returned).toBe(cancelled ? 1 : 0);
        expect(ended).toBe(!cancelled && ending === "whole");
        if (cancelled) expect(shared.join()).toBeUndefined();
        const fits = length * SIZE + (ending === "breaks" ? 64 : 0) <= maxPieces * SIZE;
        expect(shared.pieces() !== undefined).toBe(!cancelled && ending !== "throws" && fits);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

test("a late reader gets everything at once, also after the end", async () => {
  const { reply, deliver } = source(3, "whole");
  const shared = shareReply(reply);
  const first = readerOf(shared.join()!);
  for (let n = 0; n < 4; n++) {
    first.ask();
    await deliver();
  }
  expect(await shared.ended).toBe(true);
  const late = readerOf(shared.join()!);
  for (let n = 0; n < 4; n++) {
    late.ask();
    await settle();
  }
  expect(late.told).toEqual([numbered(0), numbered(1), numbered(2), "done"]);
});

test("a reply past its bound takes no more readers and keeps only what a reader still needs", async () => {
  const { reply, deliver } = source(100, "whole");
  const shared = shareReply(reply, 5 * SIZE);
  const fast = readerOf(shared.join()!);
  const slow = readerOf(shared.join()!);
  for (let n = 0; n < 50; n++) {
    fast.ask();
    await deliver();
  }
  expect(shared.join()).toBeUndefined();
  expect(shared.bytes()).toBe(50 * SIZE);
  for (let n = 0; n < 49; n++) {
    slow.ask();
    await settle();
  }
  expect(slow.told).toEqual(fast.told.slice(0, 49));
  expect(shared.bytes()).toBe(SIZE);
});

test("a source that fails to be given up troubles nobody", async () => {
  const { reply } = source(1, "whole");
  const shared = shareReply({ ...reply, pieces: { ...reply.pieces, return: () => Promise.reject(new Error("no")) } });
  await shared.join()!.pieces.return!();
  expect(await shared.ended).toBe(false);
});
