/** GET /admin/requests/live: every call as it ends, as server-sent events. */
import type { RequestRow } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { isStillHeld } from "../guard.ts";
import { baseHeaders } from "../reply-headers.ts";
import { readQuery } from "./query.ts";
import { requestJson } from "./request-json.ts";
import { LIVE_FILTERS, readRequestFilter } from "./request-query.ts";

/** Rows that wait for a slow watcher; beyond them the oldest are left out, and their number is told. */
const WAITING_MAX_ROWS = 1_000;
/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;

export async function watchRequests(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, LIVE_FILTERS);
  const filter = readRequestFilter(exchange, query);
  const headers = baseHeaders(exchange.requestId, "text/event-stream");
  headers["cache-control"] = "no-store";
  if (exchange.request.method === "HEAD") return new Response(null, { headers });
  const waiting: RequestRow[] = [];
  let dropped = 0;
  let wake = () => {};
  const unwatch = filter
    ? exchange.ports.admin.live(filter, (row) => {
        waiting.push(row);
        if (waiting.length > WAITING_MAX_ROWS) {
          waiting.shift();
          dropped += 1;
        }
        wake();
      })
    : () => {};
  const take = () => {
    const text = (dropped > 0 ? event("dropped", { rows: dropped }) : "") + waiting.splice(0).map(rowEvent).join("");
    dropped = 0;
    return text;
  };
  const onWake = (then: () => void) => {
    wake = then;
  };
  return new Response(stream(exchange, { take, onWake, unwatch }), { headers });
}

interface Source {
  /** What has come since, as events; empty: nothing. */
  take(): string;
  onWake(then: () => void): void;
  unwatch(): void;
}

function stream(exchange: Exchange, source: Source): ReadableStream<Uint8Array> {
  const { ports, connection, request } = exchange;
  const encoder = new TextEncoder();
  let cancelHeartbeat = () => {};
  let pending: (() => void) | undefined;
  let open = true;
  const leave = () => {
    open = false;
    cancelHeartbeat();
    source.unwatch();
    connection.watching.delete(close);
    connection.restoreIdleTimeout(request);
  };
  let close = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        connection.keepOpen(request);
        controller.enqueue(encoder.encode(": every call from now on\n\n"));
        close = () => {
          if (!open) return;
          leave();
          controller.close();
          pending?.();
        };
        connection.watching.add(close);
      },
      /** Waits for the next call, or until it is time to say that the connection lives. */
      async pull(controller) {
        for (;;) {
          if (!open) return;
          // Whoever signs out, or is signed out elsewhere, sees no further call.
          if (!isStillHeld(exchange)) return close();
          const text = source.take();
          if (text !== "") return controller.enqueue(encoder.encode(text));
          const silent = await new Promise<boolean>((resolve) => {
            pending = () => resolve(false);
            source.onWake(pending);
            cancelHeartbeat = ports.clock.after(HEARTBEAT_MS, () => resolve(true));
          });
          cancelHeartbeat();
          if (open && silent) return controller.enqueue(encoder.encode(": still here\n\n"));
        }
      },
      cancel() {
        if (open) leave();
        pending?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function rowEvent(row: RequestRow): string {
  return `id: ${row.id}\n${event("request", requestJson(row))}`;
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
