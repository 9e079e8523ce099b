import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../src/canonical/errors.ts";
import { type Outcome, openRecord } from "../../src/canonical/record.ts";
import { type Piece, type Reply, settleOnEnd } from "../../src/canonical/reply.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

function setUp(pieces: (Piece | Error)[]) {
  const outcomes: Outcome[] = [];
  const closed: Outcome[] = [];
  let returned = 0;
  const clock = simulatedClock();
  const record = openRecord({ id: "r", operation: "chat", dialect: "d", path: "/" }, clock, [
    (r) => void closed.push(r.outcome!),
  ]);
  const source: Reply = {
    dialect: "d",
    form: "stream",
    reader: () => () => [],
    pieces: {
      async next() {
        const piece = pieces.shift();
        if (piece instanceof Error) throw piece;
        return piece ? { done: false, value: piece } : { done: true, value: undefined };
      },
      async return() {
        returned += 1;
        return { done: true, value: undefined };
      },
    },
  };
  const reply = settleOnEnd(source, (outcome) => void outcomes.push(outcome), record);
  return { reply, record, outcomes, closed, returns: () => returned };
}

const content: Piece = { mark: "content" };

test("why the answer ended is in the record, as the last piece that tells it says", async () => {
  const cut: Piece = { mark: "finish", finish: { unified: "length", raw: "max_tokens" } };
  const { reply, record } = setUp([content, cut, { mark: "usage" }]);
  while (!(await reply.pieces.next()).done);
  expect(record.finish).toBe("length");
  expect(setUp([content]).record.finish).toBeUndefined();
});

describe("settleOnEnd settles exactly once", () => {
  test("when drained", async () => {
    const { reply, outcomes, closed } = setUp([content]);
    await reply.pieces.next();
    expect(outcomes).toEqual([]);
    await reply.pieces.next();
    await reply.pieces.next();
    await reply.pieces.return?.();
    expect(outcomes).toEqual([{ ok: true }]);
    expect(closed).toEqual([{ ok: true }]);
  });

  test("when dropped before anybody pulled: the trap of async generators", async () => {
    const { reply, outcomes, returns } = setUp([content]);
    await reply.pieces.return?.();
    expect(outcomes).toMatchObject([{ ok: false, code: "client_closed", status: 499 }]);
    expect(returns()).toBe(1);
  });

  test("when the source throws", async () => {
    const { reply, outcomes } = setUp([content, new GatewayError("upstream_error", "gone")]);
    await reply.pieces.next();
    expect(reply.pieces.next()).rejects.toThrow("gone");
    await Bun.sleep(0);
    expect(outcomes).toMatchObject([{ ok: false, code: "upstream_error" }]);
  });

  test("as failed when an error piece came, drained or dropped", async () => {
    const broken: Piece = { mark: "error", failure: { class: "timeout", message: "silent" } };
    for (const end of ["next", "return"] as const) {
      const { reply, outcomes } = setUp([content, broken]);
      await reply.pieces.next();
      await reply.pieces.next();
      await reply.pieces[end]?.();
      expect(outcomes).toMatchObject([{ ok: false, code: "upstream_timeout", source: "upstream" }]);
    }
  });
});
