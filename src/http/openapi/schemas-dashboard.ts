/** Bodies that were made for the dashboard. */
import { Type } from "@sinclair/typebox";
import { orNull, ref, TIME, words } from "./schema-words.ts";

const MS = orNull(Type.Number());

export const DASHBOARD_SCHEMAS = {
  About: Type.Object({
    version: Type.String(),
    readiness: words("ready", "starting", "draining"),
    simulated: Type.Boolean({ description: "Every provider is a simulated one: no call leaves the machine." }),
    requires_key: Type.Boolean({ description: "Calls need a virtual key." }),
    now: TIME,
  }),
  AttemptStatsRow: Type.Object(
    {
      start: Type.Optional(TIME),
      ok: Type.Integer(),
      failed: Type.Integer({ description: "The provider's failures, time-outs and limits included." }),
      refused: Type.Integer({ description: "Refused because of the request: invalid, filtered, too long." }),
      cancelled: Type.Integer(),
      skipped: Type.Integer({
        description:
          "Calls whose preferred target was known to be unwell and which went elsewhere at once: no attempts.",
      }),
      first_token_p50_ms: MS,
      first_token_p95_ms: MS,
    },
    {
      additionalProperties: true,
      description:
        "With a field for each group. Percentiles are from an attempt's start to its first content, of streams.",
    },
  ),
  AttemptStatsPage: Type.Object({
    data: Type.Array(ref("AttemptStatsRow")),
    next: Type.Null(),
    grain: words("minute", "hour", "day"),
    from: TIME,
    to: TIME,
  }),
};
