import { expect, test } from "bun:test";
import { endsChunked, framingOf, messageLength } from "../../scripts/bench/framing.ts";

const REQUEST = "POST / HTTP/1.1\r\nhost: x\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
const EMPTY_CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
const BODILESS = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

test.each([REQUEST, CHUNKED, EMPTY_CHUNKED, BODILESS])("finds the end of %j, and only when it is whole", (message) => {
  expect(messageLength(Buffer.from(`${message}NEXT`))).toBe(message.length);
  for (let cut = 0; cut < message.length; cut++) {
    expect(messageLength(Buffer.from(message.slice(0, cut)))).toBeUndefined();
  }
});

test("reads how a body ends from its head", () => {
  expect(framingOf("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")).toEqual({ kind: "length", bytes: 12 });
  expect(framingOf("HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n")).toEqual({ kind: "chunked" });
});

test.each([
  ["data: [DONE]\n\n\r\n0\r\n\r\n", true],
  ["data: [DONE]\n\n\r\n0\r\n", false],
  ["", false],
])("chunked end of %j: %p", (tail, ends) => expect(endsChunked(Buffer.from(tail))).toBe(ends));
