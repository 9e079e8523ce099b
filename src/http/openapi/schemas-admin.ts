/** Bodies of the admin API: snake_case, times RFC 3339 UTC, money decimal strings of USD. */
import { type TSchema, Type } from "@sinclair/typebox";

const TIME = Type.String({ format: "date-time" });
const USD = Type.Union([Type.String({ pattern: "^-?[0-9]+(\\.[0-9]+)?$" }), Type.Null()], {
  description: "USD as a decimal string; null where no price is known.",
});

export const ADMIN_SCHEMAS = {
  Usage: Type.Object(
    {
      input: Type.Integer(),
      cache_read: Type.Integer(),
      cache_write_5m: Type.Integer(),
      cache_write_1h: Type.Integer(),
      output: Type.Integer(),
      reasoning: Type.Integer(),
      audio_input: Type.Integer(),
      audio_output: Type.Integer(),
      searches: Type.Integer(),
      estimated: Type.Boolean({ description: "The upstream gave no numbers; these were counted here." }),
    },
    { description: "Tokens in disjoint buckets." },
  ),
  Attempt: Type.Object({
    target: Type.String(),
    provider: Type.String(),
    model: Type.String(),
    key: Type.String({ description: "The key's name, never its secret." }),
    kind: words("first", "retry", "failover", "hedge", "continuation"),
    start_ms: Type.Number(),
    head_ms: orNull(Type.Number()),
    first_content_ms: orNull(Type.Number()),
    total_ms: orNull(Type.Number()),
    outcome: words("pending", "ok", "failed", "cancelled"),
    status: orNull(Type.Integer()),
    class: orNull(Type.String()),
    reason: orNull(Type.String()),
    error: orNull(Type.String()),
    usage: orNull(ref("Usage")),
    cost_usd: USD,
  }),
  Request: Type.Object({
    id: Type.String(),
    started_at: TIME,
    operation: Type.String(),
    dialect: Type.String(),
    key_id: orNull(Type.String()),
    key: orNull(Type.String()),
    team: orNull(Type.String()),
    customer: orNull(Type.String()),
    user: orNull(Type.String()),
    model: orNull(Type.String()),
    provider: orNull(Type.String()),
    target: orNull(Type.String()),
    stream: Type.Boolean(),
    status: Type.Integer(),
    code: orNull(Type.String()),
    source: orNull(words("client", "gateway", "upstream")),
    error: orNull(Type.String()),
    finish: orNull(Type.String()),
    failover: Type.Boolean(),
    cache: words("off", "miss", "exact", "semantic"),
    cache_score: orNull(Type.Number()),
    attempts: Type.Array(ref("Attempt")),
    warnings: Type.Array(Type.String()),
    usage: orNull(ref("Usage")),
    cost_usd: USD,
    total_ms: Type.Number(),
    first_content_ms: orNull(Type.Number()),
    overhead_ms: Type.Number(),
    queued_ms: Type.Number(),
    tags: orNull(Type.Record(Type.String(), Type.String())),
    session: orNull(Type.String()),
  }),
  RequestDetail: Type.Intersect([
    ref("Request"),
    Type.Object({
      explanation: orNull(Type.Array(Type.Object({}, { additionalProperties: true })), {
        description: "Why the router did what it did; for failed and failed-over calls, and with x-evergate-explain.",
      }),
    }),
  ]),
  RequestPage: page("Request"),
  Target: Type.Object({
    target: Type.String(),
    provider: Type.String(),
    model: Type.String(),
    key: Type.String(),
    state: words("closed", "half-open", "open"),
    reason: orNull(Type.String()),
    resting_until: orNull(TIME),
    in_flight: Type.Integer(),
    consecutive_failures: Type.Integer(),
  }),
  TargetPage: page("Target"),
  Fault: Type.Object({
    file: orNull(Type.String()),
    path: Type.String({ description: "models.fast.targets[1]; empty for the whole." }),
    message: Type.String(),
    nearest: orNull(Type.String({ description: "The nearest right name." })),
    line: orNull(Type.Integer()),
  }),
  ConfigCheck: Type.Object({ ok: Type.Boolean(), faults: Type.Array(ref("Fault")) }),
  Configuration: Type.Object(
    {},
    { additionalProperties: true, description: "As in gateway.config.ts, secrets removed." },
  ),
  Health: Type.Object({ status: words("ok", "starting", "draining") }),
} satisfies Record<string, TSchema>;

function page(name: string): TSchema {
  return Type.Object({
    data: Type.Array(ref(name)),
    next: orNull(Type.String(), { description: "Pass it as `cursor` for the next page." }),
  });
}

function orNull(schema: TSchema, options: { description?: string } = {}): TSchema {
  return Type.Union([schema, Type.Null()], options);
}

function ref(name: string): TSchema {
  return Type.Unsafe({ $ref: `#/components/schemas/${name}` });
}

function words(...values: string[]): TSchema {
  return Type.Unsafe<string>({ type: "string", enum: values });
}
