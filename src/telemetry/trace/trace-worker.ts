/**
 * The thread that turns spans into OTLP (protobuf over HTTP) and sends them. Nothing here can slow or fail a call: the
 * queue is bounded, what does not fit is dropped and counted, and a collector that is down costs a retry or two.
 */
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { readableSpan } from "./readable-span.ts";
import type { SpanData } from "./spans.ts";

declare const self: Worker;

export type ToWorker =
  | { type: "open"; url: string; headers: Record<string, string>; version: string }
  | { type: "spans"; spans: SpanData[] }
  | { type: "close" };
/** `problem`: for the log, at most once a minute. */
export type FromWorker = { type: "problem"; message: string } | { type: "closed" };

const MAX_QUEUED_SPANS = 10_000;
/** What the collectors of most vendors take in one request. */
const MAX_BATCH_SPANS = 512;
const SEND_TIMEOUT_MS = 10_000;
const RETRY_WAITS_MS = [500, 2_000, 8_000];
const PROBLEM_INTERVAL_MS = 60_000;

let target:
  | { url: string; headers: Record<string, string>; resource: ReturnType<typeof resourceFromAttributes> }
  | undefined;
const queue: SpanData[] = [];
let sending: Promise<void> | undefined;
let dropped = 0;
let lastProblemAt = Number.NEGATIVE_INFINITY;
let closing = false;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "open": {
      const resource = resourceFromAttributes({ "service.name": "evergate", "service.version": data.version });
      target = { url: data.url, headers: data.headers, resource };
      break;
    }
    case "spans": {
      const room = MAX_QUEUED_SPANS - queue.length;
      queue.push(...data.spans.slice(0, room));
      dropped += Math.max(0, data.spans.length - room);
      sending ??= sendAll();
      break;
    }
    case "close":
      closing = true;
      void (sending ?? Promise.resolve()).then(() => self.postMessage({ type: "closed" } satisfies FromWorker));
      break;
    default:
      data satisfies never;
  }
};

async function sendAll(): Promise<void> {
  while (target && queue.length > 0) {
    const batch = queue.splice(0, MAX_BATCH_SPANS);
    const { resource } = target;
    const body = ProtobufTraceSerializer.serializeRequest(batch.map((span) => readableSpan(span, resource)));
    if (body && !(await sendWithRetries(body))) dropped += batch.length;
    if (dropped > 0) tellProblem(`${dropped} spans could not be delivered to ${target.url}`);
  }
  sending = undefined;
}

async function sendWithRetries(body: Uint8Array): Promise<boolean> {
  for (const waitMs of [...RETRY_WAITS_MS, undefined]) {
    const verdict = await send(body);
    if (verdict !== "retry") return verdict === "sent";
    // While closing a collector that is down must not hold the drain.
    if (waitMs === undefined || closing) return false;
    await Bun.sleep(waitMs);
  }
  return false;
}

/** Which answers may be tried again: OTLP specification, section "Failures". */
async function send(body: Uint8Array): Promise<"sent" | "refused" | "retry"> {
  try {
    const response = await fetch(target!.url, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", ...target!.headers },
      body: body as BodyInit,
      redirect: "manual",
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    if (response.ok) return "sent";
    return [429, 502, 503, 504].includes(response.status) ? "retry" : "refused";
  } catch {
    return "retry";
  }
}

function tellProblem(message: string): void {
  const now = performance.now();
  if (now - lastProblemAt < PROBLEM_INTERVAL_MS) return;
  lastProblemAt = now;
  dropped = 0;
  self.postMessage({ type: "problem", message } satisfies FromWorker);
}
