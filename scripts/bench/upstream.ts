/**
 * The upstream of the bench: a raw TCP server that knows just enough HTTP to answer chat completions from memory, so
 * that what is measured is the proxies in front of it. Run as `bun scripts/bench/upstream.ts PORT`.
 */
import type { Socket } from "bun";
import { messageLength } from "./framing.ts";
import { EVENTS_PER_WRITE, STREAM_CHUNKS } from "./workload.ts";

const CRLF = "\r\n";

const ANSWER = answer();
const STREAM = streamed();

interface Connection {
  /** Bytes of a request that has not arrived whole. */
  rest: Buffer | undefined;
  /** What the socket would not take yet. */
  unsent: Buffer[];
}

const port = Number(process.argv[2]);
Bun.listen<Connection>({
  hostname: "127.0.0.1",
  port,
  socket: {
    open(socket) {
      socket.data = { rest: undefined, unsent: [] };
      socket.setNoDelay(true);
    },
    data(socket, chunk) {
      let buffer = socket.data.rest ? Buffer.concat([socket.data.rest, chunk]) : chunk;
      for (;;) {
        const length = messageLength(buffer);
        if (length === undefined) break;
        reply(socket, buffer.subarray(0, length));
        buffer = buffer.subarray(length);
      }
      socket.data.rest = buffer.length > 0 ? Buffer.from(buffer) : undefined;
    },
    drain(socket) {
      const waiting = socket.data.unsent;
      socket.data.unsent = [];
      for (const part of waiting) send(socket, part);
    },
  },
});
console.log(`listening on ${port}`);

function reply(socket: Socket<Connection>, request: Buffer): void {
  const parts = request.includes('"stream":true') ? STREAM : [ANSWER];
  for (const part of parts) send(socket, part);
}

function send(socket: Socket<Connection>, bytes: Buffer): void {
  const { unsent } = socket.data;
  const sent = unsent.length > 0 ? 0 : Math.max(0, socket.write(bytes));
  if (sent < bytes.length) unsent.push(bytes.subarray(sent));
}

/** A whole answer of about 1 KB. */
function answer(): Buffer {
  const body = JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 1_764_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "All quiet on the line. ".repeat(25), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 24,
      completion_tokens: 126,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: "default",
    system_fingerprint: "fp_bench",
  });
  const head = `HTTP/1.1 200 OK${CRLF}content-type: application/json${CRLF}content-length: ${body.length}${CRLF}${CRLF}`;
  return Buffer.from(head + body);
}

/**
 * The role, the content, the finish, the usage and the end, each a chunk of the chunked body, some of them to a write:
 * with a system call for each event the upstream would be slower than what is measured.
 */
function streamed(): Buffer[] {
  const event = (choices: unknown[], more: object = {}) =>
    `data: ${JSON.stringify({ id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1_764_000_000, model: "gpt-4o-mini-2024-07-18", service_tier: "default", system_fingerprint: "fp_bench", choices, ...more })}\n\n`;
  const delta = (content: object, finish: string | null = null) =>
    event([{ index: 0, delta: content, logprobs: null, finish_reason: finish }]);
  const events = [delta({ role: "assistant", content: "", refusal: null })];
  for (let chunk = 0; chunk < STREAM_CHUNKS - 4; chunk++) events.push(delta({ content: ` word${chunk}` }));
  events.push(delta({}, "stop"));
  events.push(event([], { usage: { prompt_tokens: 24, completion_tokens: 96, total_tokens: 120 } }));
  events.push("data: [DONE]\n\n");
  const head = `HTTP/1.1 200 OK${CRLF}content-type: text/event-stream${CRLF}transfer-encoding: chunked${CRLF}${CRLF}`;
  const chunks = events.map((text) => `${Buffer.byteLength(text).toString(16)}${CRLF}${text}${CRLF}`);
  const writes: Buffer[] = [];
  for (let at = 0; at < chunks.length; at += EVENTS_PER_WRITE) {
    const text = chunks.slice(at, at + EVENTS_PER_WRITE).join("");
    const isLast = at + EVENTS_PER_WRITE >= chunks.length;
    writes.push(Buffer.from((at === 0 ? head : "") + text + (isLast ? `0${CRLF}${CRLF}` : "")));
  }
  return writes;
}
