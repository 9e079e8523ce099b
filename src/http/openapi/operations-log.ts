/** What `/openapi.json` says of the request log beyond its list: sums, export and live tail. */
import { Type } from "@sinclair/typebox";
import { STATS_BUCKETS, STATS_GROUPS } from "../../store/stats-ports.ts";
import { EXAMPLES } from "./examples.ts";
import { FROM_TO, LAST_DAY } from "./list-parameters.ts";
import { body, errors, type Operation, type Parameter, query } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

const LIVE_FILTERS: Parameter[] = [
  query("model", "Public model name"),
  query("provider", "Provider that answered"),
  query("target", "provider/model that answered"),
  query("key", "Name or id of the virtual key"),
  query("team", "Name of the team"),
  query("status", "502, or 5xx", Type.String({ pattern: "^[1-5]([0-9]{2}|xx)$" })),
  query(
    "failover",
    "Whether a target failed, or was passed over as unwell, before the one that answered",
    Type.Boolean(),
  ),
  query("cache", "off, miss, exact, semantic, or hit for the last two"),
  query("text", "Part of the request id, error text or model"),
];

const LINE = `${JSON.stringify(EXAMPLES.request)}\n`;

export const exportRequests: Operation = {
  tags: ["admin"],
  summary: "The request log as JSON lines or CSV, newest first",
  description: "Streamed, without stored content. CSV has the fields that fit into a cell.",
  parameters: [query("format", "jsonl (default) or csv"), ...LIVE_FILTERS, ...FROM_TO],
  responses: {
    "200": {
      description: "Everything that the filters let pass",
      content: {
        "application/jsonl": { schema: Type.String(), example: LINE },
        "text/csv": { schema: Type.String(), example: "id,started_at,operation\r\n" },
      },
    },
    ...ERRORS("400", "401", "403"),
  },
};

export const watchRequests: Operation = {
  tags: ["admin"],
  summary: "Every call as it ends, as server-sent events",
  description:
    "Events `request` hold a row as in the list. A watcher that reads too slowly gets `dropped` with the number of rows left out. Ends as the gateway drains.",
  parameters: LIVE_FILTERS,
  responses: {
    "200": {
      description: "From now on",
      content: {
        "text/event-stream": { schema: Type.String(), example: `id: req_1\nevent: request\ndata: ${LINE}\n` },
      },
    },
    ...ERRORS("400", "401", "403", "503"),
  },
};

const ROW = {
  start: "2026-01-12T13:00:00.000Z",
  provider: "openai",
  requests: 120,
  errors: 3,
  server_errors: 1,
  failovers: 4,
  cache_hits: 20,
  input_tokens: 81_000,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 24_000,
  reasoning_tokens: 0,
  cost_usd: "0.04155",
  overhead_ms: 0.6,
  first_token_p50_ms: 410,
  first_token_p95_ms: 1_220,
  total_p50_ms: 1_900,
  total_p95_ms: 6_300,
};

export const showStats: Operation = {
  tags: ["admin"],
  summary: "Sums of the request log for charts",
  description:
    "Read from sums by the minute (kept 2 days), hour (100 days) or day (3 years) that are written with the log: as fast with millions of calls as with a few. `from` goes back to the start of its minute, hour or day.",
  parameters: [
    ...LAST_DAY,
    query(
      "bucket",
      `${STATS_BUCKETS.join(", ")}; absent: one row a group. A minute spans at most a day, an hour 31 days`,
    ),
    query(
      "every",
      "That many buckets in one row, as in `bucket=minute&every=10`",
      Type.Integer({ minimum: 1, maximum: 1_440 }),
    ),
    query("group_by", `Comma list of ${STATS_GROUPS.join(", ")}`),
    query("model", "Only this public model"),
    query("provider", "Only this provider"),
    query("key", "Only the virtual key of this name"),
    query("team", "Only this team"),
  ],
  responses: {
    "200": {
      description: "In the order of time and groups, at most 10,000 rows",
      content: body("StatsPage", {
        data: [ROW],
        next: null,
        grain: "hour",
        from: "2026-01-12T13:00:00.000Z",
        to: "2026-01-12T14:00:00.000Z",
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};
