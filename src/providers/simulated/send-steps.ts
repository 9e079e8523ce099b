/** Carries out a plan on a connection: head, framing, pace, and the end as planned. */
import { type Clock, sleep } from "../../canonical/deps.ts";
import type { Connection } from "./connection.ts";
import type { SimulatedFault } from "./faults.ts";
import type { End, Step } from "./plan.ts";

export interface AnswerHead {
  status: number;
  headers: Readonly<Record<string, string>>;
}

/** Resolves when the answer has ended, in whatever way; rejects when the connection went away meanwhile. */
export async function sendSteps(
  connection: Connection,
  head: AnswerHead,
  steps: readonly Step[],
  fault: SimulatedFault,
  clock: Clock,
): Promise<void> {
  const framing =
    fault.framing ?? (head.headers["content-type"]?.includes("event-stream") ? "chunked" : "content-length");
  const cut = fault.cut?.atByte === undefined ? undefined : { atByte: fault.cut.atByte, how: fault.cut.how };
  let headSent = false;
  let sent = 0;

  const sendHead = async () => {
    if (headSent) return;
    headSent = true;
    await connection.write(headText(head.status, { ...head.headers, ...framingHeader(framing, steps, cut) }));
  };
  const sendPacket = async (bytes: Uint8Array) => {
    const room = cut ? Math.max(0, cut.atByte - sent) : bytes.byteLength;
    const part = bytes.subarray(0, room);
    sent += part.byteLength;
    // A chunk is announced at its full size, so that a cut inside it leaves it unfinished.
    const size = cut?.how === "clean" ? part.byteLength : bytes.byteLength;
    if (framing !== "chunked") await connection.write(part);
    else if (size > 0)
      await connection.write(
        Buffer.concat([
          Buffer.from(`${size.toString(16)}\r\n`),
          part,
          Buffer.from(part.byteLength === size ? "\r\n" : ""),
        ]),
      );
    return part.byteLength === bytes.byteLength;
  };
  const end = async (how: End) => {
    await sendHead();
    if (how === "rst") return connection.reset();
    if (how === "fin" || framing === "close") return connection.end();
    if (framing === "chunked") await connection.write("0\r\n\r\n");
  };

  for (const step of steps) {
    if ("end" in step) return end(step.end);
    if ("waitMs" in step) {
      await waitFor(step.waitMs, clock, connection.signal);
      continue;
    }
    await sendHead();
    for (const packet of packetsOf(step.bytes, fault.packetBytes)) {
      if (!(await sendPacket(packet))) return end(cut!.how);
      // Lets the kernel send it by itself before the next one is there.
      if (fault.packetBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function headText(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}\r\n${lines.join("")}\r\n`;
}

/** Waits, for ever if `ms` is absent; rejects when the connection goes away. */
export function waitFor(ms: number | undefined, clock: Clock, signal: AbortSignal): Promise<void> {
  if (ms !== undefined) return sleep(clock, ms, signal);
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function framingHeader(
  framing: SimulatedFault["framing"],
  steps: readonly Step[],
  cut: { atByte: number; how: End } | undefined,
): Record<string, string> {
  if (framing === "chunked") return { "transfer-encoding": "chunked" };
  if (framing === "close") return { connection: "close" };
  return { "content-length": String(announcedLength(steps, cut)) };
}

/** One more than is sent where the body is to end too early. */
function announcedLength(steps: readonly Step[], cut: { atByte: number; how: End } | undefined): number {
  const total = steps.reduce((sum, step) => sum + ("bytes" in step ? step.bytes.byteLength : 0), 0);
  const last = steps.at(-1);
  if (cut && cut.atByte < total) return cut.how === "clean" ? cut.atByte : total;
  return last && "end" in last && last.end !== "clean" ? total + 1 : total;
}

function* packetsOf(bytes: Uint8Array, size: number | undefined): Generator<Uint8Array> {
  if (size === undefined || bytes.byteLength <= size) yield bytes;
  else for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  529: "Overloaded",
};
