/** Bodies of the admin API about keys, teams, customers, budgets, usage and the audit trail. */
import { type TObject, type TSchema, Type } from "@sinclair/typebox";
import { RECORDS } from "../../config/schema-access.ts";
import { AUDIT_ACTIONS } from "../../store/ports.ts";
import { orNull, page, TIME, USD, words } from "./schema-words.ts";

/** The file's own schema, but that its words for forms of text are not JSON Schema's. */
function settings({ properties }: TObject): Record<string, TSchema> {
  return { ...properties, expires: Type.String({ description: "RFC 3339 time or date, UTC" }) };
}

function request(kind: keyof typeof RECORDS, required: string[]): TSchema {
  return Type.Unsafe({
    type: "object",
    additionalProperties: false,
    required,
    properties: settings(RECORDS[kind]),
    description: "The configuration's own fields.",
  });
}

/** Every field may be null, which takes it away. */
function changes(kind: keyof typeof RECORDS): TSchema {
  const { name: _, ...fields } = settings(RECORDS[kind]);
  return Type.Unsafe({
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, orNull(schema)])),
    description: "Each field given replaces the old value as a whole; null takes it away.",
  });
}

function shown(kind: keyof typeof RECORDS, more: Record<string, TSchema> = {}): TSchema {
  const { name: _, disabled: __, ...fields } = settings(RECORDS[kind]);
  return Type.Object({
    id: Type.String(),
    name: Type.String(),
    ...more,
    ...Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, orNull(schema)])),
    disabled: Type.Boolean(),
    origin: words("file", "api"),
    created_at: orNull(TIME),
    updated_at: orNull(TIME),
  });
}

const KEY = {
  prefix: orNull(Type.String(), { description: "First 6 characters; null for secrets that are not of our making." }),
  previous_valid_until: orNull(TIME, { description: "Until when the secret before the last rotation works." }),
};

export const ACCESS_SCHEMAS = {
  NewVirtualKey: request("keys", ["name"]),
  VirtualKeyChanges: changes("keys"),
  VirtualKey: shown("keys", KEY),
  VirtualKeyWithSecret: shown("keys", { ...KEY, key: Type.String({ description: "Shown only in this answer." }) }),
  VirtualKeyPage: page("VirtualKey"),
  NewTeam: request("teams", ["name"]),
  TeamChanges: changes("teams"),
  Team: shown("teams"),
  TeamPage: page("Team"),
  NewCustomer: request("customers", ["name"]),
  CustomerChanges: changes("customers"),
  Customer: shown("customers"),
  CustomerPage: page("Customer"),
  Deleted: Type.Object({ id: Type.String(), deleted: Type.Boolean() }),
  Rotation: Type.Object(
    { graceMs: Type.Integer({ minimum: 0, maximum: 7_776_000_000, default: 0 }) },
    { description: "How long the old secret goes on working." },
  ),
  Budget: Type.Object({
    id: Type.String(),
    scope: words("gateway", "customer", "team", "key", "user"),
    name: Type.String(),
    of: orNull(
      Type.Object(
        { scope: words("customer", "team", "key"), name: Type.String() },
        { description: "Of an end user's: the level that declares it." },
      ),
    ),
    window: words("minute", "hour", "day", "week", "month", "quarter", "year", "total"),
    rolling: Type.Boolean(),
    model: orNull(Type.String()),
    provider: orNull(Type.String()),
    limit_usd: USD,
    spent_usd: USD,
    reserved_usd: USD,
    uncertain_usd: USD,
    refused_at: orNull(
      Type.String({
        format: "date-time",
        description: "When it refused the last call that asked it; null where it let that one through.",
      }),
    ),
    resets_at: orNull(TIME),
    taken_off_usd: Type.Optional(USD),
  }),
  BudgetPage: page("Budget"),
  UsageRow: Type.Object(
    {
      requests: Type.Integer(),
      input_tokens: Type.Integer(),
      cache_read_tokens: Type.Integer(),
      cache_write_tokens: Type.Integer(),
      output_tokens: Type.Integer(),
      reasoning_tokens: Type.Integer(),
      cost_usd: USD,
    },
    { additionalProperties: true, description: "With a field for each group; null where a call has none." },
  ),
  UsagePage: page("UsageRow"),
  AuditRow: Type.Object({
    id: Type.Integer(),
    at: TIME,
    actor: Type.String(),
    remote_address: orNull(Type.String()),
    action: words(...AUDIT_ACTIONS),
    resource: Type.String(),
    resource_id: Type.String(),
    name: orNull(Type.String()),
    before: orNull(Type.Object({}, { additionalProperties: true })),
    after: orNull(Type.Object({}, { additionalProperties: true })),
  }),
  AuditPage: page("AuditRow"),
} satisfies Record<string, TSchema>;
