import { describe, expect, test } from "bun:test";
import type { Incoming, ReceivedBody } from "../../../src/canonical/call.ts";
import type { Message } from "../../../src/canonical/chat.ts";
import { type CallRecord, openRecord } from "../../../src/canonical/record.ts";
import { failed, OK, type Piece, type Reply } from "../../../src/canonical/reply.ts";
import { openStore } from "../../../src/store/sqlite/store.ts";
import { type ContentMode, createContentKeeper } from "../../../src/telemetry/content/keep-content.ts";
import { TEXT_MAX_CHARS } from "../../../src/telemetry/content/transcript.ts";
import { createRequestLog, type RequestLogStore } from "../../../src/telemetry/request-log.ts";
import { temporaryDirectory } from "../../store/support.ts";
import { collectingLog } from "../../support/collecting-log.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const ASKED: Message[] = [
  { role: "system", content: "Be brief." },
  {
    role: "user",
    content: [
      { type: "text", text: "Mail bob@example.com" },
      { type: "image", source: { kind: "url", url: "https://x" } },
    ],
  },
  { role: "assistant", content: [{ type: "tool-call", id: "c1", name: "send", arguments: '{"to":"bob"}' }] },
  { role: "tool", content: [{ type: "tool-result", toolCallId: "c1", content: "sent" }] },
];
const REQUEST_TEXT =
  'system: Be brief.\n\nuser: Mail bob@example.com\n[image]\n\nassistant: [calls send] {"to":"bob"}\n\ntool: [result] sent';

const said = (...texts: string[]): Piece[] =>
  texts.map((text) => ({ mark: "content", events: [{ type: "text", choice: 0, part: 0, text }] }));

interface Asked {
  id?: string;
  messages?: Message[];
  bytes?: number;
  pieces?: readonly Piece[];
  mode?: ContentMode;
  /** The body is no chat request of ours. */
  unreadable?: boolean;
}

/** Sends one call through a keeper, reads its reply to the end and closes its record. */
async function called(keeper: ReturnType<typeof createContentKeeper>, asked: Asked = {}): Promise<CallRecord> {
  const { record, reply } = await begun(keeper, asked);
  while (!(await reply.pieces.next()).done) {}
  record.close(OK);
  return record;
}

async function begun(keeper: ReturnType<typeof createContentKeeper>, asked: Asked) {
  const { id = "req_1", messages = ASKED, bytes = 10, pieces = said("Do", "ne."), mode = "full", unreadable } = asked;
  const init = { id, operation: "chat", dialect: "d", path: "/", remoteAddress: "127.0.0.1" } as const;
  const record = openRecord(init, simulatedClock(), []);
  const body = {
    bytes: new Uint8Array(bytes),
    json: { prompt: "plain" },
    chat() {
      if (unreadable) throw new Error("not chat");
      return { messages };
    },
  } as unknown as ReceivedBody;
  const incoming = { read: async () => body } as unknown as Incoming;
  const reply = await keeper.watch(mode, incoming, async (one) => {
    one.record = record;
    await one.read();
    return replyOf(pieces);
  });
  return { record, reply };
}

function replyOf(pieces: readonly Piece[]): Reply {
  const left = [...pieces];
  return {
    dialect: "d",
    form: "stream",
    reader: () => (piece) => piece.events ?? [],
    pieces: {
      async next() {
        const value = left.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      return: async () => ({ done: true, value: undefined }),
    },
  };
}

describe("what is kept of a call", () => {
  const keeper = createContentKeeper();

  test("both texts, as they are", async () => {
    expect(keeper.take(await called(keeper))).toEqual({ request: REQUEST_TEXT, answer: "Done." });
  });
  test("both texts without what points to a person", async () => {
    const pieces = said("Told bob@example.", "com.");
    const { request, answer } = keeper.take(await called(keeper, { mode: "redacted", pieces }))!;
    expect(request).toBe(REQUEST_TEXT.replace("bob@example.com", "[mail]"));
    expect(answer).toBe("Told [mail].");
  });
  test("asked again, as for a write that was refused, the same", async () => {
    const record = await called(keeper);
    expect(keeper.take(record)).toEqual(keeper.take(record));
  });
  test("a body that only its upstream understands, as it is", async () => {
    expect(keeper.take(await called(keeper, { unreadable: true }))?.request).toBe('user: {"prompt":"plain"}');
  });
  test("of a long text its beginning and its end", async () => {
    const long = `first ${"x".repeat(3 * TEXT_MAX_CHARS)} last`;
    const { request } = keeper.take(await called(keeper, { messages: [{ role: "user", content: long }] }))!;
    expect(request.length).toBeLessThan(TEXT_MAX_CHARS + 100);
    expect(request).toStartWith("user: first");
    expect(request).toEndWith(" last");
    expect(request).toContain("characters left out");
  });
  test("of an answer that was broken off, what had come", async () => {
    const { record, reply } = await begun(keeper, { pieces: said("one ", "two ", "three") });
    await reply.pieces.next();
    await reply.pieces.next();
    await reply.pieces.return?.();
    record.close(failed(new Error("gone")));
    expect(keeper.take(record)?.answer).toBe("one two ");
  });
  test("of a call whose body was never read, nothing", async () => {
    const record = openRecord({ id: "r", operation: "chat", dialect: "d", path: "/" } as never, simulatedClock(), []);
    expect(keeper.take(record)).toBeUndefined();
  });
});

describe("bounds", () => {
  test("an answer and a request that are too long are not stored", async () => {
    const keeper = createContentKeeper();
    const bytes = new Uint8Array(600_000);
    const pieces: Piece[] = [0, 1].map(() => ({ mark: "content", bytes, events: [] }));
    expect(keeper.take(await called(keeper, { pieces }))?.answer).toBe("[too long to be stored]");
    expect(keeper.take(await called(keeper, { bytes: 5_000_000 }))?.request).toBe("[too long to be stored]");
  });
  test("while too much waits nothing more is kept; what is written or dropped makes room", async () => {
    const keeper = createContentKeeper();
    const waiting: CallRecord[] = [];
    for (let n = 0; n < 23; n++) waiting.push(await called(keeper, { bytes: 3_000_000 }));
    expect(keeper.take(await called(keeper))).toBeUndefined();
    for (const [n, record] of waiting.entries()) n % 2 === 0 ? keeper.take(record) : keeper.drop(record);
    expect(keeper.take(await called(keeper))).toBeDefined();
  });
});

test("content is written with its row, in portions that let calls in between", async () => {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const contents = createContentKeeper();
  const clock = simulatedClock();
  const sent: number[] = [];
  const requests: RequestLogStore["requests"] = {
    ...store.requests,
    append(rows) {
      sent.push(rows.length);
      return store.requests.append(rows);
    },
  };
  const options = { clock, log: collectingLog().log, keepDays: 30, contentKeepDays: 7, contents };
  const log = createRequestLog({ requests, stats: store.stats }, options);
  const rows = 150;
  const messages: Message[] = [{ role: "user", content: "word ".repeat(20_000) }];
  for (let n = 0; n < rows; n++) log.sink(await called(contents, { id: `req_${n}`, messages }));
  await log.close();
  // 64 KiB each: two portions of four megabytes, and the rest.
  expect(sent).toHaveLength(3);
  const last = await store.requests.get(`req_${rows - 1}`);
  expect(last?.content?.answer).toBe("Done.");
  expect(last?.content?.request).toStartWith("user: word word");
  expect((await store.requests.list({ text: "word word" }, { limit: 200 })).data).toHaveLength(rows);
  await store.close();
});
