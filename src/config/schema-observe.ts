/** Schema of telemetry, alerts and evals. Meanings, units and defaults: settings-observe.ts. */
import { Type } from "@sinclair/typebox";
import { BUDGET } from "./schema-access.ts";
import { choice, days, FLAG, MAYBE_SECRET, namedBy, SECRET, SHARE, section, text } from "./schema-parts.ts";

export const TELEMETRY = section({
  metrics: section({ public: FLAG, token: SECRET }),
  otlp: Type.Object(
    {
      endpoint: text("http-url"),
      headers: Type.Optional(namedBy("header-name", MAYBE_SECRET)),
      sample: Type.Optional(SHARE),
    },
    { additionalProperties: false },
  ),
  log: section({ keepDays: days() }),
  content: section({ store: choice("off", "redacted", "full"), keepDays: days() }),
});

const CHANNEL = choice("slack", "teams", "pagerduty", "webhook", "email");

export const ALERTS = section({
  slack: Type.Object({ webhook: SECRET }, { additionalProperties: false }),
  teams: Type.Object({ webhook: SECRET }, { additionalProperties: false }),
  pagerduty: Type.Object(
    { routingKey: SECRET, baseUrl: Type.Optional(text("base-url")) },
    { additionalProperties: false },
  ),
  webhook: Type.Object({ url: SECRET, secret: Type.Optional(SECRET) }, { additionalProperties: false }),
  email: Type.Object(
    { smtp: SECRET, from: text(), to: Type.Array(text(), { minItems: 1 }) },
    { additionalProperties: false },
  ),
  rules: Type.Array(
    Type.Object(
      {
        name: Type.Optional(text()),
        when: text(),
        to: Type.Array(CHANNEL, { minItems: 1 }),
        quiet: Type.Optional(text()),
        model: Type.Optional(text()),
        eval: Type.Optional(text()),
      },
      { additionalProperties: false },
    ),
  ),
});

export const EVALS = Type.Array(
  Type.Object(
    {
      name: text("name"),
      sample: SHARE,
      check: Type.Optional(text()),
      judge: Type.Optional(text()),
      rubric: Type.Optional(text()),
      budgets: Type.Optional(Type.Array(BUDGET)),
    },
    { additionalProperties: false },
  ),
);
