/**
 * The simulated providers without sockets: the same wire bytes and the same faults, handed to a `fetch` that reads
 * them as an HTTP client would. Cuts and resets become what Bun's `fetch` makes of them: an error from the reader when
 * the framing is broken off, a clean end where the connection's close delimits the body.
 */
import type { Clock, Fetch } from "../../src/canonical/deps.ts";
import type { Connection } from "../../src/providers/simulated/connection.ts";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import type { SimulatedOptions } from "../../src/providers/simulated/options.ts";
import { respond } from "../../src/providers/simulated/respond.ts";
import { WIRES } from "../../src/providers/simulated/simulated.ts";

export interface MemoryUpstream {
  options: SimulatedOptions;
  fault?: SimulatedFault;
  requests: number;
  /** Of the bodies of its answers, as they reached the client. */
  bodyBytes: number;
}

/** @param upstreams by host name. */
export function memoryFetch(upstreams: Readonly<Record<string, MemoryUpstream>>, clock: Clock): Fetch {
  return async (url, init) => {
    const { hostname, pathname, search } = new URL(url);
    const upstream = upstreams[hostname]!;
    upstream.requests += 1;
    const { options, fault = {} } = upstream;
    const reader = httpReader((bytes) => {
      upstream.bodyBytes += bytes;
    });
    const connection = connectionTo(reader, init.signal as AbortSignal);
    const wires = options.dialect === undefined ? WIRES : WIRES.filter(({ name }) => name === options.dialect);
    const request = {
      method: "POST",
      path: pathname + search,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: init.body as Uint8Array,
    };
    void respond({ connection, request, fault, options, wires, number: upstream.requests, clock }).catch(() => {});
    return reader.response;
  };
}

interface HttpReader {
  push(bytes: Uint8Array): void;
  /** The connection is over. */
  end(how: "fin" | "rst"): void;
  response: Promise<Response>;
}

function connectionTo(reader: HttpReader, signal: AbortSignal): Connection {
  const gone = new AbortController();
  const close = async (how: "fin" | "rst") => {
    reader.end(how);
    gone.abort();
  };
  signal.addEventListener("abort", () => void close("rst"), { once: true });
  return {
    signal: gone.signal,
    closedHere: () => false,
    async write(bytes) {
      if (!gone.signal.aborted) reader.push(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    },
    end: () => close("fin"),
    reset: () => close("rst"),
  };
}

function httpReader(count: (bytes: number) => void): HttpReader {
  const { promise: response, resolve, reject } = Promise.withResolvers<Response>();
  let buffer: Buffer = Buffer.alloc(0);
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  let framing: "chunked" | "close" | number = "close";
  let over = false;

  const finish = () => {
    over = true;
    body?.close();
  };
  const readBody = () => {
    while (!over && body && buffer.byteLength > 0) {
      const taken = framing === "chunked" ? takeChunk(buffer) : { data: buffer, rest: Buffer.alloc(0), last: false };
      if (!taken) return;
      buffer = taken.rest;
      count(taken.data.byteLength);
      if (taken.data.byteLength > 0) body.enqueue(new Uint8Array(taken.data));
      if (typeof framing === "number") framing -= taken.data.byteLength;
      if (taken.last || framing === 0) finish();
    }
  };
  return {
    response,
    push(bytes) {
      buffer = Buffer.concat([buffer, bytes]);
      if (!body) {
        const end = buffer.indexOf("\r\n\r\n");
        if (end < 0) return;
        const [status, ...lines] = buffer.toString("latin1", 0, end).split("\r\n");
        buffer = buffer.subarray(end + 4);
        const headers = new Headers(lines.map((line) => line.split(": ", 2) as [string, string]));
        const length = headers.get("content-length");
        framing = headers.has("transfer-encoding") ? "chunked" : length === null ? "close" : Number(length);
        const stream = new ReadableStream<Uint8Array>({
          start(controller) {
            body = controller;
          },
        });
        resolve(new Response(stream, { status: Number(status!.split(" ")[1]), headers }));
        if (framing === 0) finish();
      }
      readBody();
    },
    end(how) {
      if (over) return;
      over = true;
      const reset = Object.assign(new Error("The socket connection was closed"), { code: "ECONNRESET" });
      if (!body) return reject(reset);
      // Bun drops what is queued when the error comes; what has been read by then stays read.
      if (how === "fin" && framing === "close") body.close();
      else setImmediate(() => body?.error(reset));
    },
  };
}

function takeChunk(buffer: Buffer): { data: Buffer; rest: Buffer; last: boolean } | undefined {
  const lineEnd = buffer.indexOf("\r\n");
  if (lineEnd < 0) return undefined;
  const size = Number.parseInt(buffer.toString("latin1", 0, lineEnd), 16);
  const start = lineEnd + 2;
  if (size === 0) return { data: Buffer.alloc(0), rest: Buffer.alloc(0), last: true };
  // A client hands on the part of a chunk that has come.
  if (buffer.byteLength < start + size + 2) {
    const data = buffer.subarray(start, Math.min(buffer.byteLength, start + size));
    if (data.byteLength === 0) return undefined;
    const left = size - data.byteLength;
    return { data, rest: left > 0 ? Buffer.from(`${left.toString(16)}\r\n`) : Buffer.alloc(0), last: false };
  }
  return { data: buffer.subarray(start, start + size), rest: buffer.subarray(start + size + 2), last: false };
}
