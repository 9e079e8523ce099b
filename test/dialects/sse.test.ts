import { describe, expect, test } from "bun:test";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { type SseFrame, sseFrame, sseFrames, sseSplitter } from "../../src/dialects/sse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) => (value ? Buffer.from(value).toString() : undefined);

/** Blocks of a stream that arrives in these chunks, the rest included. */
function blocksOf(chunks: readonly Uint8Array[]): Uint8Array[] {
  const splitter = sseSplitter();
  const blocks = chunks.flatMap((chunk) => splitter.push(chunk) ?? []);
  const rest = splitter.rest();
  return rest ? [...blocks, rest] : blocks;
}

function eventsOf(blocks: readonly Uint8Array[]): Pick<SseFrame, "event" | "data">[] {
  return blocks
    .flatMap(sseFrames)
    .filter(({ data }) => data !== undefined)
    .map(({ event, data }) => ({ event: event === "" ? undefined : event, data }));
}

/** The same stream as an independent parser sees it. */
function reference(stream: string): Pick<SseFrame, "event" | "data">[] {
  const events: Pick<SseFrame, "event" | "data">[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) });
  parser.feed(stream);
  return events;
}

describe("frames", () => {
  test.each<[string, string, Partial<SseFrame>[]]>([
    ["LF", "data: a\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
    ["CRLF", "event: x\r\ndata: a\r\n\r\n", [{ event: "x", data: "a" }]],
    ["CR", "event: x\rdata: a\r\rdata: b\r\r", [{ event: "x", data: "a" }, { data: "b" }]],
    ["no space after the colon", "data:{}\n\n", [{ data: "{}" }]],
    ["two spaces after it", "data:  a\n\n", [{ data: " a" }]],
    ["several data lines", "data: a\ndata\ndata: b\n\n", [{ data: "a\n\nb" }]],
    ["a comment", ": ping\n\ndata: a\n\n", [{}, { data: "a" }]],
    ["a comment inside", "data: a\n: ping\ndata: b\n\n", [{ data: "a\nb" }]],
    ["fields nobody asked for", "id: 1\nretry: 5\ndatum: x\ndata: a\n\n", [{ data: "a" }]],
    ["a byte order mark", "\ufeffdata: a\n\n", [{ data: "a" }]],
    ["blank lines before it", "\n\r\n\rdata: a\n\n", [{ data: "a" }]],
    ["empty data", "data:\n\n", [{ data: "" }]],
  ])("%s", (_, stream, expected) => {
    const frames = sseFrames(bytes(stream));
    expect(frames.map(({ bytes: _bytes, ...frame }) => frame)).toEqual(expected as SseFrame[]);
    expect(text(Buffer.concat(frames.map((frame) => frame.bytes)))).toBe(stream);
  });

  test("are those of an independent parser, however the stream is cut", () => {
    const line = fc.constantFrom("data: a", "data:b", "data: 東京🗼", "event: e", ": c", "data", "id: 7", "");
    const stream = fc.tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom("\n", "\r\n", "\r"));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(60), { maxLength: 6 }), ([lines, end], offsets) => {
        // Ended by a blank line, because what to do with an unfinished event is our own decision.
        const whole = `${lines.join(end)}${end}${end}`;
        const all = bytes(whole);
        const cuts = [0, ...offsets.map((offset) => Math.min(offset, all.length)), all.length].sort((a, b) => a - b);
        const blocks = blocksOf(cuts.slice(1).map((cut, i) => all.subarray(cuts[i]!, cut)));
        expect(text(Buffer.concat(blocks))?.replace(/[\r\n]+$/, "")).toBe(whole.replace(/[\r\n]+$/, ""));
        expect(eventsOf(blocks)).toEqual(reference(whole));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the splitter", () => {
  test("gives a chunk of whole frames back as it is", () => {
    const chunk = bytes("data: a\n\ndata: b\n\n");
    expect(sseSplitter().push(chunk)).toBe(chunk);
  });

  test("keeps an unfinished frame until its end comes", () => {
    const splitter = sseSplitter();
    expect(text(splitter.push(bytes("data: a\n\ndata: b")))).toBe("data: a\n\n");
    expect(splitter.push(bytes("c\n"))).toBeUndefined();
    expect(text(splitter.push(bytes("\ndata: d\n\nda")))).toBe("data: bc\n\ndata: d\n\n");
    expect(text(splitter.rest())).toBe("da\n\n");
    expect(splitter.rest()).toBeUndefined();
  });

  test("does not tear a CRLF apart", () => {
    const splitter = sseSplitter();
    expect(splitter.push(bytes("data: a\r\n\r"))).toBeUndefined();
    expect(text(splitter.push(bytes("\ndata: b\r\n\r\n")))).toBe("data: a\r\n\r\ndata: b\r\n\r\n");
  });

  test("ends a frame at once where lines end in CR", () => {
    expect(text(sseSplitter().push(bytes("data: a\r\r")))).toBe("data: a\r\r");
  });

  test("carries a frame of 300 kB in small packets", () => {
    const data = "x€".repeat(75_000);
    const stream = bytes(`data: ${data}\n\n`);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += 1_000) chunks.push(stream.subarray(at, at + 1_000));
    expect(eventsOf(blocksOf(chunks))).toEqual([{ event: undefined, data }]);
  });

  test("gives up on a frame without end", () => {
    const splitter = sseSplitter(100);
    expect(splitter.push(bytes(`data: ${"x".repeat(60)}`))).toBeUndefined();
    expect(splitter.overflowed()).toBe(false);
    expect(splitter.push(bytes("x".repeat(60)))).toBeUndefined();
    expect(splitter.overflowed()).toBe(true);
    expect(splitter.push(bytes("data: a\n\n"))).toBeUndefined();
    expect(splitter.rest()).toBeUndefined();
  });
});

describe("a written frame", () => {
  test.each([
    ["{}", undefined, "data: {}\n\n"],
    ["{}", "error", "event: error\ndata: {}\n\n"],
    ["a\nb\r\nc", undefined, "data: a\ndata: b\ndata: c\n\n"],
  ])("%j as %j", (data, event, expected) => {
    expect(text(sseFrame(data, event))).toBe(expected);
  });
});
