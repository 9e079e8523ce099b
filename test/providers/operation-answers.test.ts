/** Answers to operations besides chat: whole ones in the client's form, and those that pass as they come. */
import { expect, test } from "bun:test";
import type { Piece } from "../../src/canonical/reply.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import type { PreparedOperation } from "../../src/dialects/operations/operation.ts";
import { malformed } from "../../src/dialects/operations/operation.ts";
import { callUpstream } from "../../src/providers/call.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const RAW: PreparedOperation = { bytes: new Uint8Array(), warnings: [] };
const WHOLE: PreparedOperation = {
  ...RAW,
  read(reply, bytes) {
    if (reply["data"] === undefined) throw malformed("data");
    return { bytes };
  },
};

async function pieces(response: Response, operation: PreparedOperation): Promise<Piece[]> {
  const request = {
    url: "https://upstream.example/v1/x",
    headers: {},
    body: new Uint8Array(),
    dialect: openaiChat,
    operation,
    vendor: "openai",
    stream: false,
    signal: new AbortController().signal,
  };
  const sent = await callUpstream(request, { clock: simulatedClock(), fetch: async () => response });
  if ("failure" in sent) throw new Error(sent.failure.message);
  const found: Piece[] = [];
  for (let next = await sent.pieces.next(); !next.done; next = await sent.pieces.next()) found.push(next.value);
  return found;
}

const html = () => new Response("<html>", { headers: { "content-type": "text/html" } });

/** Two chunks, then the connection breaks. */
function breaking(): Response {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      if (sent <= 2) controller.enqueue(new Uint8Array([sent]));
      else controller.error(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    },
  });
  return new Response(body, { headers: { "content-type": "audio/mpeg" } });
}

test("a whole answer is one piece", async () => {
  const found = await pieces(Response.json({ data: [] }), WHOLE);
  expect(found).toHaveLength(1);
  expect(new TextDecoder().decode(found[0]!.bytes)).toBe('{"data":[]}');
});

test.each<[string, () => Response, PreparedOperation]>([
  ["an HTML page", html, WHOLE],
  ["an HTML page instead of sound", html, RAW],
  ["nothing", () => new Response(""), WHOLE],
  ["no sound", () => new Response(""), RAW],
  ["a list", () => Response.json([1]), WHOLE],
  ["null", () => Response.json(null), WHOLE],
  ["an error with status 200", () => Response.json({ error: { message: "no" } }), WHOLE],
])("%s is a failure before any content, so that another target is tried", async (_what, response, operation) => {
  const found = await pieces(response(), operation);
  expect(found.map(({ mark, failure }) => [mark, failure?.class])).toEqual([["error", "malformed"]]);
});

test("sound passes chunk by chunk, its type with the first, and a break is a failure", async () => {
  const found = await pieces(breaking(), RAW);
  expect(found.map(({ mark, contentType }) => [mark, contentType])).toEqual([
    ["content", "audio/mpeg"],
    ["content", undefined],
    ["error", undefined],
  ]);
  expect(found.at(-1)!.failure?.class).not.toBe("malformed");
  const broken = await pieces(breaking(), WHOLE);
  expect(broken.map(({ mark }) => mark)).toEqual(["error"]);
});
