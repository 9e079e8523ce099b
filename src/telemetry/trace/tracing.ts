/** Traces as a view of the record: sampled calls become spans, collected and sent by a worker of their own. */
import type { Clock, Log, Random } from "../../canonical/deps.ts";
import type { RecordSink, TraceContext } from "../../canonical/record.ts";
import { type SpanData, spansOf } from "./spans.ts";
import type { FromWorker, ToWorker } from "./trace-worker.ts";
import { beginTrace } from "./traceparent.ts";

export interface TracingOptions {
  /** Root of the collector: `http://127.0.0.1:4318`; spans go to `/v1/traces` below it. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** Share of the traces that begin here: 0 to 1. */
  sample: number;
  version: string;
  /** Type of a provider by its name: `openai`, `bedrock` … */
  providerType(provider: string): string | undefined;
}

export interface Tracing {
  /** The trace of a call that just arrived. */
  begin(traceparent: string | undefined): TraceContext;
  sink: RecordSink;
  /** Sends what is left, within `CLOSE_LIMIT_MS`. */
  close(): Promise<void>;
}

const BATCH_MS = 1_000;
const MAX_BATCH_SPANS = 512;
/** Records wait here for at most a second; a burst beyond this is dropped by the worker's own bound. */
const CLOSE_LIMIT_MS = 3_000;

export function createTracing(options: TracingOptions, deps: { clock: Clock; random: Random; log: Log }): Tracing {
  const { clock, random, log } = deps;
  const worker = new Worker(workerUrl());
  const post = (message: ToWorker) => worker.postMessage(message);
  const { promise: closed, resolve: settleClosed } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === "closed") settleClosed();
    else log("warn", data.message);
  };
  worker.onerror = ({ message }) => log("warn", "tracing has stopped", { cause: message });
  post({ type: "open", url: tracesUrl(options.endpoint), headers: { ...options.headers }, version: options.version });

  let waiting: SpanData[] = [];
  let cancel: (() => void) | undefined;
  const flush = () => {
    cancel?.();
    cancel = undefined;
    if (waiting.length > 0) post({ type: "spans", spans: waiting });
    waiting = [];
  };
  return {
    begin: (traceparent) => beginTrace(traceparent, options.sample, random),
    sink(record) {
      if (!record.trace?.sampled) return;
      waiting.push(...spansOf(record, options.providerType, random));
      if (waiting.length >= MAX_BATCH_SPANS) flush();
      else cancel ??= clock.after(BATCH_MS, flush);
    },
    async close() {
      flush();
      post({ type: "close" });
      const stop = clock.after(CLOSE_LIMIT_MS, settleClosed);
      await closed;
      stop();
      worker.terminate();
    },
  };
}

/** As the specification says: the signal's path is appended to the root; a full path is taken as it is. */
function tracesUrl(endpoint: string): string {
  const root = endpoint.replace(/\/+$/, "");
  return root.endsWith("/v1/traces") ? root : `${root}/v1/traces`;
}

/** In the compiled binary workers lie below its root as they do in src/. */
function workerUrl(): URL {
  const compiled = import.meta.url.startsWith("file:///$bunfs/");
  return new URL(compiled ? "./telemetry/trace/trace-worker.ts" : "./trace-worker.ts", import.meta.url);
}
