/** Bodies of the request log's sums. */
import { type TSchema, Type } from "@sinclair/typebox";
import { orNull, ref, TIME, USD, words } from "./schema-words.ts";

const MS = orNull(Type.Number());

export const LOG_SCHEMAS = {
  StatsRow: Type.Object(
    {
      start: Type.Optional(TIME),
      requests: Type.Integer(),
      errors: Type.Integer({ description: "Answered with 400 or more." }),
      server_errors: Type.Integer({ description: "Answered with 500 or more." }),
      failovers: Type.Integer(),
      cache_hits: Type.Integer(),
      input_tokens: Type.Integer(),
      cache_read_tokens: Type.Integer(),
      cache_write_tokens: Type.Integer(),
      output_tokens: Type.Integer(),
      reasoning_tokens: Type.Integer(),
      cost_usd: USD,
      overhead_ms: Type.Number({ description: "Mean of the gateway's own share." }),
      first_token_p50_ms: MS,
      first_token_p95_ms: MS,
      total_p50_ms: MS,
      total_p95_ms: MS,
    },
    {
      additionalProperties: true,
      description:
        "With a field for each group. Percentiles are read from 16 buckets up to 60 s; null where nothing was streamed.",
    },
  ),
  StatsPage: Type.Object({
    data: Type.Array(ref("StatsRow")),
    next: Type.Null(),
    grain: words("minute", "hour", "day"),
    from: TIME,
    to: TIME,
  }),
} satisfies Record<string, TSchema>;
