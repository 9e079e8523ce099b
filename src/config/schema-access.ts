/** Schema of access. Meanings, units and defaults: settings-access.ts. */
import { Type } from "@sinclair/typebox";
import { choice, count, FLAG, namedBy, SECRET, section, text, usd } from "./schema-parts.ts";

/** Nano-USD stay below 2^53 up to here. */
const MAX_BUDGET_USD = 9_000_000;
const MAX_LIMIT = 1_000_000_000;

export const BUDGET = Type.Object(
  {
    limitUsd: usd(0, MAX_BUDGET_USD, true),
    per: choice("minute", "hour", "day", "week", "month", "quarter", "year", "total"),
    model: Type.Optional(text()),
    provider: Type.Optional(text()),
    rolling: Type.Optional(FLAG),
  },
  { additionalProperties: false },
);

const BUDGETS = Type.Array(BUDGET);

const LIMITS = section({
  requestsPerMinute: count(1, MAX_LIMIT),
  tokensPerMinute: count(1, MAX_LIMIT),
  requestsPerDay: count(1, MAX_LIMIT),
  maxConcurrent: count(1, MAX_LIMIT),
});

const LEVEL = {
  budgets: Type.Optional(BUDGETS),
  limits: Type.Optional(LIMITS),
  perUser: Type.Optional(section({ budgets: BUDGETS, limits: LIMITS })),
  models: Type.Optional(Type.Array(text())),
  providers: Type.Optional(Type.Array(text())),
  tags: Type.Optional(namedBy("name", Type.String())),
  expires: Type.Optional(text("time")),
  ips: Type.Optional(Type.Array(text("address-range"))),
  disabled: Type.Optional(FLAG),
};

export const ACCESS = section({
  require: choice("key", "none"),
  budgets: BUDGETS,
  limits: LIMITS,
  customers: namedBy("name", Type.Object(LEVEL, { additionalProperties: false })),
  teams: namedBy("name", Type.Object({ ...LEVEL, customer: Type.Optional(text()) }, { additionalProperties: false })),
  keys: namedBy(
    "name",
    Type.Object(
      { ...LEVEL, secret: SECRET, team: Type.Optional(text()), customer: Type.Optional(text()) },
      { additionalProperties: false },
    ),
  ),
});

/** What the admin API takes: names and no secrets, which it makes itself. */
export const RECORDS = {
  keys: section({ name: text("name"), ...LEVEL, team: text(), customer: text() }),
  teams: section({ name: text("name"), ...LEVEL, customer: text() }),
  customers: section({ name: text("name"), ...LEVEL }),
};
