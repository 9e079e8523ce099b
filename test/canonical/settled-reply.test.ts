import { expect, test } from "bun:test";
import { openRecord } from "../../src/canonical/record.ts";
import { type Reply, settleOnEnd } from "../../src/canonical/reply.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

test("a reply that is dropped gives up its source first, so that the record is closed with what that cost", async () => {
  const seen: (number | null)[] = [];
  const init = { id: "r", operation: "chat", dialect: "d", path: "/" } as const;
  const record = openRecord(init, simulatedClock(), [(closed) => void seen.push(closed.costNanoUsd)]);
  const source: Reply = {
    dialect: "d",
    form: "stream",
    reader: () => () => [],
    pieces: {
      next: async () => ({ done: false, value: { mark: "content" } }),
      async return() {
        record.costNanoUsd = 7;
        return { done: true, value: undefined };
      },
    },
  };
  const { pieces } = settleOnEnd(source, () => {}, record);
  await pieces.next();
  await pieces.return?.();
  expect(seen).toEqual([7]);
});
