/** GET /admin/requests/export: the request log as JSON lines or CSV, newest first, as fast as it is read. */
import type { RequestFilter, RequestRow } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { baseHeaders } from "../reply-headers.ts";
import { readChoice, readQuery } from "./query.ts";
import { CSV_HEAD, csvLine } from "./request-csv.ts";
import { requestJson } from "./request-json.ts";
import { REQUEST_FILTERS, readRequestFilter } from "./request-query.ts";

/** Read from the store at once. */
const PAGE_ROWS = 500;

const FORMATS = {
  jsonl: { type: "application/jsonl", head: "", line: (row: RequestRow) => `${JSON.stringify(requestJson(row))}\n` },
  csv: { type: "text/csv; charset=utf-8", head: CSV_HEAD, line: csvLine },
} as const;

export async function exportRequests(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [...REQUEST_FILTERS, "format"]);
  const format = readChoice("format", query.format, ["jsonl", "csv"]) ?? "jsonl";
  const filter = readRequestFilter(exchange, query);
  const { type, head, line } = FORMATS[format];
  const headers = baseHeaders(exchange.requestId, type);
  headers["cache-control"] = "no-store";
  headers["content-disposition"] = `attachment; filename="evergate-requests.${format}"`;
  // The first page before the head of the answer: a filter that the store refuses is still a 400.
  const first = filter && (await exchange.ports.admin.requests.list(filter, { limit: PAGE_ROWS }));
  if (exchange.request.method === "HEAD") return new Response(null, { headers });
  return new Response(body(exchange, { filter, page: first, head, line }), { headers });
}

interface Export {
  filter: RequestFilter | undefined;
  /** What was read and not yet sent; undefined: nothing is left. */
  page: { data: RequestRow[]; next: string | null } | undefined;
  head: string;
  line(row: RequestRow): string;
}

function body(
  { ports, connection, request }: Exchange,
  { filter, page, head, line }: Export,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let left = page;
  let text = head;
  connection.keepOpen(request);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          // A page may be empty and still have a next one.
          while (left) {
            text += left.data.map(line).join("");
            const cursor: string | null = left.next;
            left =
              cursor === null || !filter
                ? undefined
                : await ports.admin.requests.list(filter, { limit: PAGE_ROWS, cursor });
            if (text !== "") break;
          }
          if (text !== "") controller.enqueue(encoder.encode(text));
          text = "";
          if (left) return;
          connection.restoreIdleTimeout(request);
          controller.close();
        } catch (error) {
          // A broken connection, so that nobody takes a part for the whole.
          ports.log("warn", "An export of the request log broke off.", { error });
          controller.error(new Error("The export broke off."));
        }
      },
      cancel: () => connection.restoreIdleTimeout(request),
    },
    { highWaterMark: 0 },
  );
}
