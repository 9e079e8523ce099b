/**
 * The load generator: raw sockets, one request at a time on each, so that its own cost is a few microseconds a call.
 * A process of its own, told by IPC what to do; it stays for the whole run, so that it is warm in every round.
 */
import type { Socket } from "bun";
import { endsChunked, type Framing, framingOf, headLength } from "./framing.ts";
import { type Mode, requestBytes } from "./workload.ts";

export interface LoadOrder {
  port: number;
  mode: Mode;
  seconds: number;
  connections: number;
  /** Requests started a second, evenly; absent: as many as are answered. */
  ratePerSecond?: number;
}

export interface LoadResult {
  completed: number;
  failed: number;
  /** The first bad answer, to say what went wrong. */
  firstFailure?: string;
  seconds: number;
  /** Milliseconds from sending (at a fixed rate: from when it was to be sent) to the last byte. */
  p50Ms: number;
  p99Ms: number;
  /** Milliseconds to the first byte of the body. */
  firstByteP50Ms: number;
  firstByteP99Ms: number;
}

interface Exchange {
  sentMs: number;
  head: Buffer | undefined;
  framing: Framing | undefined;
  bodyBytes: number;
  tail: Buffer;
  busy: boolean;
}

/** More samples than a run can make; beyond it a result would be too long for its memory. */
const MAX_SAMPLES = 4_000_000;
/** Kept of the end of a stream: holds `[DONE]` and the end of the chunked body. */
const TAIL_BYTES = 64;
const OK = Buffer.from("HTTP/1.1 200");
const NOTHING = Buffer.alloc(0);

async function load(order: LoadOrder): Promise<LoadResult> {
  const request = requestBytes(order.port, order.mode);
  const totals: number[] = [];
  const firsts: number[] = [];
  const due: number[] = [];
  const idle: Socket<Exchange>[] = [];
  let failed = 0;
  let firstFailure: string | undefined;
  let stopping = false;

  const send = (socket: Socket<Exchange>, sentMs: number) => {
    Object.assign(socket.data, {
      sentMs,
      head: undefined,
      framing: undefined,
      bodyBytes: 0,
      tail: NOTHING,
      busy: true,
    });
    socket.write(request);
  };
  const next = (socket: Socket<Exchange>) => {
    socket.data.busy = false;
    if (stopping) return;
    if (order.ratePerSecond === undefined) return send(socket, performance.now());
    const dueMs = due.shift();
    if (dueMs === undefined) idle.push(socket);
    else send(socket, dueMs);
  };
  const fail = (reason: string) => {
    failed++;
    firstFailure ??= reason;
  };

  const onData = (socket: Socket<Exchange>, chunk: Buffer) => {
    const { data } = socket;
    if (!data.busy) return;
    const before = data.bodyBytes;
    const done = take(data, chunk);
    if (before === 0 && data.bodyBytes > 0 && firsts.length < MAX_SAMPLES) firsts.push(performance.now() - data.sentMs);
    if (!done) return;
    if (isGood(data, order.mode)) {
      if (totals.length < MAX_SAMPLES) totals.push(performance.now() - data.sentMs);
    } else fail(`${data.head?.toString().slice(0, 200)} … ${data.tail.toString()}`);
    next(socket);
  };

  const sockets = await Promise.all(
    Array.from({ length: order.connections }, () =>
      Bun.connect<Exchange>({
        hostname: "127.0.0.1",
        port: order.port,
        socket: {
          open(socket) {
            socket.data = { sentMs: 0, head: undefined, framing: undefined, bodyBytes: 0, tail: NOTHING, busy: false };
            socket.setNoDelay(true);
          },
          data: onData,
          close(socket) {
            if (!stopping && socket.data.busy) fail("connection closed");
          },
        },
      }),
    ),
  );
  const startMs = performance.now();
  const endMs = startMs + order.seconds * 1_000;
  for (const socket of sockets) next(socket);
  if (order.ratePerSecond === undefined) await Bun.sleep(order.seconds * 1_000);
  else await pace(order.ratePerSecond, startMs, endMs, due, idle, send);
  stopping = true;
  const seconds = (performance.now() - startMs) / 1_000;
  const completed = totals.length;
  for (const socket of sockets) socket.end();
  return { completed, failed, firstFailure, seconds, ...percentiles(totals, firsts) };
}

/**
 * Starts the requests of each millisecond together. To hit finer moments it would have to spin, and would take the
 * core from the upstream beside it. What finds no free connection waits, and its waiting counts as latency.
 */
async function pace(
  ratePerSecond: number,
  startMs: number,
  endMs: number,
  due: number[],
  idle: Socket<Exchange>[],
  send: (socket: Socket<Exchange>, dueMs: number) => void,
): Promise<void> {
  let started = 0;
  for (let nowMs = performance.now(); nowMs < endMs; nowMs = performance.now()) {
    for (const wanted = ((nowMs - startMs) / 1_000) * ratePerSecond; started < wanted; started++) {
      const socket = idle.pop();
      if (socket) send(socket, nowMs);
      else due.push(nowMs);
    }
    await Bun.sleep(1);
  }
}

/** Takes a part of an answer; true at its end. */
function take(data: Exchange, chunk: Buffer): boolean {
  let body = chunk;
  if (data.framing === undefined) {
    const received = data.head ? Buffer.concat([data.head, chunk]) : chunk;
    const bodyAt = headLength(received);
    if (bodyAt < 0) {
      data.head = Buffer.from(received);
      return false;
    }
    data.head = received.subarray(0, bodyAt);
    data.framing = framingOf(data.head.toString("latin1"));
    body = received.subarray(bodyAt);
  }
  data.bodyBytes += body.length;
  if (body.length >= TAIL_BYTES) data.tail = body.subarray(-TAIL_BYTES);
  else if (body.length > 0) data.tail = Buffer.concat([data.tail, body]).subarray(-TAIL_BYTES);
  // The socket's buffer is used again for what arrives next.
  const done = data.framing.kind === "chunked" ? endsChunked(data.tail) : data.bodyBytes >= data.framing.bytes;
  if (!done) {
    data.tail = Buffer.from(data.tail);
    data.head = Buffer.from(data.head!);
  }
  return done;
}

function isGood(data: Exchange, mode: Mode): boolean {
  if (!data.head?.subarray(0, OK.length).equals(OK)) return false;
  return mode === "calls" ? data.bodyBytes > 500 : data.bodyBytes > 10_000 && data.tail.includes("[DONE]");
}

function percentiles(totals: number[], firsts: number[]) {
  const sortedTotals = Float64Array.from(totals).sort();
  const sortedFirsts = Float64Array.from(firsts).sort();
  const at = (sorted: Float64Array, share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return {
    p50Ms: at(sortedTotals, 0.5),
    p99Ms: at(sortedTotals, 0.99),
    firstByteP50Ms: at(sortedFirsts, 0.5),
    firstByteP99Ms: at(sortedFirsts, 0.99),
  };
}

process.on("message", async (order: LoadOrder) => {
  try {
    process.send?.({ result: await load(order) });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
