/** AWS's binary framing against a second implementation of it, and against every kind of damage. */
import { describe, expect, test } from "bun:test";
import { eventStreamMessage, eventStreamSplitter } from "../../src/dialects/event-stream.ts";
import { encodeMessage } from "../../src/providers/simulated/event-stream-encoder.ts";

const HEADERS = { ":event-type": "messageStart", ":message-type": "event", "x-ünicode": "ä" };
const MESSAGES = [
  eventStreamMessage(HEADERS, '{"role":"assistant"}'),
  eventStreamMessage({}, ""),
  eventStreamMessage({ a: "" }, "🙂".repeat(2_000)),
];
const STREAM = Buffer.concat(MESSAGES);

function split(chunks: readonly Uint8Array[]) {
  const splitter = eventStreamSplitter();
  const messages = chunks.flatMap((chunk) => splitter.push(chunk));
  return { messages, broken: splitter.broken() };
}

test("both encoders write the same bytes", () => {
  expect(Buffer.from(eventStreamMessage(HEADERS, "{}"))).toEqual(Buffer.from(encodeMessage(HEADERS, "{}")));
});

test("a message of AWS's own test suite", () => {
  // awslabs/aws-c-event-stream, "payload_one_str_header".
  const bytes = Buffer.from(
    "0000003d000000" +
      "20" +
      "07fd8396" +
      "0c636f6e74656e742d74797065070010" +
      "6170706c69636174696f6e2f6a736f6e" +
      "7b27666f6f273a27626172277d" +
      "8d9c08b1",
    "hex",
  );
  const { messages, broken } = split([bytes]);
  expect(broken).toBeUndefined();
  expect(messages).toMatchObject([{ headers: { "content-type": "application/json" } }]);
  expect(Buffer.from(messages[0]!.payload).toString()).toBe("{'foo':'bar'}");
});

test.each([1, 2, 3, 7, 11, 12, 13, 16, 997])("chunks of %d bytes give the same messages", (size) => {
  const chunks = Array.from({ length: Math.ceil(STREAM.length / size) }, (_, i) =>
    STREAM.subarray(i * size, (i + 1) * size),
  );
  const { messages, broken } = split(chunks);
  expect(broken).toBeUndefined();
  expect(messages.map(({ bytes }) => Buffer.from(bytes))).toEqual(MESSAGES.map((bytes) => Buffer.from(bytes)));
  expect(messages[0]!.headers).toEqual(HEADERS);
  expect(Buffer.from(messages[2]!.payload).toString()).toBe("🙂".repeat(2_000));
});

describe("damage", () => {
  const first = MESSAGES[0]!;
  test("a flipped bit anywhere is noticed, or the message never ends", () => {
    for (let at = 0; at < first.length; at++) {
      const damaged = Buffer.from(first);
      damaged[at]! ^= 0x01;
      const { messages } = split([damaged]);
      expect(messages).toEqual([]);
    }
  });
  test("nothing comes after it", () => {
    const damaged = Buffer.concat([MESSAGES[1]!, first, MESSAGES[1]!]);
    damaged[MESSAGES[1]!.length + 40]! ^= 0xff;
    const { messages, broken } = split([damaged, STREAM]);
    expect(messages).toHaveLength(1);
    expect(broken).toBe("a message with a wrong checksum");
  });
  test("a length that no message has is refused before anything is gathered", () => {
    const prelude = Buffer.alloc(12);
    prelude.writeUInt32BE(0x7fffffff, 0);
    expect(split([prelude]).broken).toBe("a message of impossible length");
  });
  test("headers that run over their end are refused, with right checksums", () => {
    // The name's length says more than there is.
    const message = Buffer.from(encodeMessage({ a: "b" }, ""));
    const inner = Buffer.from(message.subarray(12, message.length - 4));
    inner[0] = 200;
    const rebuilt = rechecked(message, inner);
    expect(split([rebuilt]).broken).toBe("a message with broken headers");
  });
});

/** The message with other headers of the same length, and the checksum that belongs to them. */
function rechecked(message: Buffer, inner: Buffer): Buffer {
  const head = Buffer.concat([message.subarray(0, 12), inner]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(Bun.hash.crc32(head));
  return Buffer.concat([head, sum]);
}
