import { afterEach, describe, expect, test } from "bun:test";
import type { CallRecord } from "../../../src/canonical/record.ts";
import type { Piece } from "../../../src/canonical/reply.ts";
import {
  CHAT_ANSWER,
  CHAT_FRAMES,
  CHAT_REQUEST,
  dataOf,
  EVENTS,
  eventReply,
  frameReply,
  KEY,
  replyOf,
  type StandIn,
  standIn,
  wholeReply,
} from "../stand-in.ts";

const PATH = "/v1/chat/completions";
let gateway: StandIn;
afterEach(() => gateway.stop());

function answered(record: CallRecord) {
  record.answeredBy = { target: "b/m", provider: "b", model: "m" };
  record.attempts = [
    {
      target: "a/m",
      provider: "a",
      model: "m",
      key: "k",
      kind: "first",
      startMs: 0,
      outcome: "failed",
      reason: "server",
    },
    { target: "b/m", provider: "b", model: "m", key: "k", kind: "failover", startMs: 1, outcome: "ok" },
  ];
  record.cache = { status: "miss" };
  record.costNanoUsd = 1_234_500;
  record.warnings = ["logit_bias", "größe"];
  record.waitedMs = 0;
}

describe("a whole answer", () => {
  test("in the client's dialect goes out byte for byte", async () => {
    const bytes = `{ "id":"x", "unknown": 1.00, "choices":[] }`;
    gateway = standIn({ answer: () => wholeReply("openai-chat", bytes) });
    const response = await gateway.post(PATH, CHAT_REQUEST);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe(bytes);
    expect(gateway.settled).toEqual(["ok"]);
    expect(gateway.server.inFlight()).toBe(0);
  });

  test("carries the record in its headers", async () => {
    gateway = standIn({
      answer(_, record) {
        answered(record);
        return wholeReply("openai-chat", CHAT_ANSWER);
      },
    });
    const { headers } = await gateway.post(PATH, CHAT_REQUEST);
    const id = headers.get("x-evergate-request-id");
    expect(id).toMatch(/^req_[0-9a-f]{24}$/);
    expect(headers.get("x-request-id")).toBe(id);
    expect(headers.get("request-id")).toBe(id);
    expect(headers.get("x-evergate-provider")).toBe("b");
    expect(headers.get("x-evergate-model")).toBe("b/m");
    expect(headers.get("x-evergate-attempts")).toBe("2");
    expect(headers.get("x-evergate-failover")).toBe("a/m=server");
    expect(headers.get("x-evergate-cache")).toBe("miss");
    expect(headers.get("x-evergate-cost-usd")).toBe("0.0012345");
    expect(headers.get("x-evergate-overhead-ms")).toBe("0.00");
    expect(headers.get("x-evergate-warnings")).toBe("logit_bias, gr%C3%B6%C3%9Fe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.has("x-should-retry")).toBe(false);
    expect(gateway.closed[0]?.id).toBe(id!);
  });

  test("says nothing of failover, cost and warnings where there is none", async () => {
    gateway = standIn({
      answer(_, record) {
        answered(record);
        record.attempts = record.attempts.slice(1);
        record.costNanoUsd = null;
        record.warnings = [];
        record.cache = { status: "semantic", score: 0.9812 };
        return wholeReply("openai-chat", CHAT_ANSWER);
      },
    });
    const { headers } = await gateway.post(PATH, CHAT_REQUEST);
    for (const name of ["failover", "cost-usd", "warnings"]) expect(headers.has(`x-evergate-${name}`)).toBe(false);
    expect(headers.get("x-evergate-cache")).toBe("semantic;score=0.981");
  });

  test.each(["whole", "stream"] as const)("is formatted from another dialect's %s reply", async (form) => {
    gateway = standIn({ answer: () => eventReply(form) });
    const body = await (await gateway.post(PATH, CHAT_REQUEST)).json();
    expect(body).toMatchObject({
      id: "chatcmpl-7",
      object: "chat.completion",
      model: "gpt-4o-2024-08-06",
      choices: [{ message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    });
    expect(gateway.settled).toEqual(["ok"]);
  });
});

describe("a streamed answer", () => {
  const STREAM = { ...CHAT_REQUEST, stream: true };

  test("in the client's dialect goes out frame for frame", async () => {
    gateway = standIn({ answer: () => frameReply(CHAT_FRAMES) });
    const response = await gateway.post(PATH, STREAM);
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(response.headers.has("x-evergate-cost-usd")).toBe(false);
    expect(await response.text()).toBe(CHAT_FRAMES.join(""));
    expect(gateway.settled).toEqual(["ok"]);
    expect(gateway.server.inFlight()).toBe(0);
  });

  test("each piece leaves at once", async () => {
    let release = () => {};
    const wait = () => new Promise<void>((resolve) => (release = resolve));
    const pieces = CHAT_FRAMES.map((frame) => ({ mark: "content" as const, bytes: new TextEncoder().encode(frame) }));
    gateway = standIn({ answer: () => replyOf("openai-chat", "stream", pieces, wait) });
    const reader = (await gateway.post(PATH, STREAM)).body!.getReader();
    for (const frame of CHAT_FRAMES) {
      // The next piece is not there yet: what arrives now cannot have waited for it.
      expect(new TextDecoder().decode((await reader.read()).value)).toBe(frame);
      release();
    }
    release();
    expect((await reader.read()).done).toBe(true);
  });

  test.each(["whole", "stream"] as const)("is written from another dialect's %s reply", async (form) => {
    gateway = standIn({ answer: () => eventReply(form) });
    const data = dataOf(await (await gateway.post(PATH, STREAM)).text());
    expect(data.at(-1)).toBe("[DONE]");
    const chunks = data.slice(0, -1).map((line) => JSON.parse(line));
    expect(chunks.map((c) => c.choices[0]?.delta.content ?? "").join("")).toBe("Hi.");
    expect(chunks.some((c) => c.choices[0]?.finish_reason === "stop")).toBe(true);
    expect(chunks.some((c) => c.usage)).toBe(false);
  });

  test("shows usage and its cost to a client that asked", async () => {
    gateway = standIn({
      answer(_, record) {
        answered(record);
        return eventReply("stream");
      },
    });
    const response = await gateway.post(PATH, { ...STREAM, stream_options: { include_usage: true } });
    const chunks = dataOf(await response.text())
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 2, cost_usd: "0.0012345" });
  });

  test.each(["openai-chat", "other"])(
    "of dialect %s tells where it went on elsewhere, as one stream",
    async (dialect) => {
      const bytes = (frame: string) => new TextEncoder().encode(frame);
      const sent: Piece[] =
        dialect === "other"
          ? EVENTS.slice(0, 2).map((event) => ({ mark: "content", events: [event] }))
          : CHAT_FRAMES.slice(0, 2).map((frame) => ({ mark: "content", bytes: bytes(frame) }));
      const rest: Piece[] = [
        { mark: "other", events: [], seam: { from: "a/m", to: "b/m", sent } },
        ...EVENTS.slice(2, 4).map((event): Piece => ({ mark: "content", events: [event] })),
      ];
      gateway = standIn({ answer: () => replyOf(dialect, "stream", [...sent, ...rest]) });
      const text = await (await gateway.post(PATH, STREAM)).text();
      const [before, after] = text.split(": failover from=a/m to=b/m\n\n");
      if (dialect === "openai-chat") expect(before).toBe(CHAT_FRAMES.slice(0, 2).join(""));
      const chunks = (part: string) =>
        dataOf(part)
          .filter((line) => line !== "[DONE]")
          .map((line) => JSON.parse(line));
      expect(
        chunks(before!)
          .map((c) => c.choices[0]?.delta.content ?? "")
          .join(""),
      ).toBe("Hi");
      expect(
        chunks(after!)
          .map((c) => c.choices[0]?.delta.content ?? "")
          .join(""),
      ).toBe(".");
      // One identity, and the role is not said twice.
      for (const chunk of chunks(after!)) {
        expect(chunk.id).toBe("chatcmpl-7");
        expect(chunk.choices[0].delta.role).toBeUndefined();
      }
      expect(dataOf(text).at(-1)).toBe("[DONE]");
    },
  );
});

describe("a stream that breaks after content", () => {
  const STREAM = { ...CHAT_REQUEST, stream: true };
  const failure = { class: "truncated" as const, message: "the upstream closed the connection" };

  test.each([
    [
      "a failure piece",
      () => replyOf("openai-chat", "stream", [...pieces(2), { mark: "error", failure }, ...pieces(1)]),
    ],
    ["an exception", () => replyOf("openai-chat", "stream", [...pieces(2), ...pieces(1)], throwing(2))],
  ])("ends with an error and never cleanly: %s", async (_, answer) => {
    gateway = standIn({ answer });
    const text = await (await gateway.post(PATH, STREAM)).text();
    const data = dataOf(text);
    expect(text).toStartWith(CHAT_FRAMES[0]! + CHAT_FRAMES[1]!);
    expect(data).toHaveLength(3);
    expect(JSON.parse(data[2]!).error.message).toBeString();
    expect(text).not.toContain("[DONE]");
    expect(gateway.settled).toHaveLength(1);
    expect(gateway.settled).not.toContain("ok");
    expect(gateway.server.inFlight()).toBe(0);
  });

  function pieces(count: number) {
    return CHAT_FRAMES.slice(0, count).map((frame) => ({
      mark: "content" as const,
      bytes: new TextEncoder().encode(frame),
    }));
  }

  function throwing(afterPieces: number) {
    let pulls = 1;
    return async () => {
      if (++pulls > afterPieces) throw new Error("secret inside");
    };
  }
});

test("a slow reader is not overrun: what it does not take is not pulled", async () => {
  const big = { mark: "content" as const, bytes: new Uint8Array(64 * 1024).fill(0x20) };
  const reply = replyOf(
    "openai-chat",
    "stream",
    Array.from({ length: 2_000 }, () => big),
  );
  gateway = standIn({ answer: () => reply });
  // A socket that is not read: `fetch` reads ahead by itself.
  const begun = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: gateway.server.port,
    socket: {
      data(from) {
        from.pause();
        begun.resolve();
      },
    },
  });
  const body = JSON.stringify({ ...CHAT_REQUEST, stream: true });
  socket.write(
    `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await begun.promise;
  let before = -1;
  while (reply.pulled() !== before) {
    before = reply.pulled();
    await Bun.sleep(50);
  }
  expect(reply.pulled()).toBeLessThan(1_000);
  socket.terminate();
});

test.each([true, false])(
  "an upstream that names no model answers with the target's name, stream %p",
  async (stream) => {
    const nameless = EVENTS.map((event) => (event.type === "start" ? { ...event, model: "" } : event));
    gateway = standIn({
      answer: (_incoming, record) => {
        record.answeredBy = { target: "aws/amazon.nova", provider: "aws", model: "amazon.nova" };
        return eventReply(stream ? "stream" : "whole", nameless);
      },
    });
    const text = await (await gateway.post(PATH, { ...CHAT_REQUEST, stream })).text();
    expect(text).toContain('"model":"amazon.nova"');
    expect(text).not.toContain('"model":""');
  },
);
