/** Bodies about the cache and feedback. */
import { type TSchema, Type } from "@sinclair/typebox";
import { orNull, TIME, USD, words } from "./schema-words.ts";

const SAVINGS = Type.Object({
  hits: Type.Integer(),
  saved_input_tokens: Type.Integer(),
  saved_output_tokens: Type.Integer(),
  saved_cost_usd: USD,
  saved_ms: Type.Integer(),
});

const COUNTS = {
  verified: Type.Integer({ description: "Stored answers that were compared with a fresh one." }),
  wrong: Type.Integer(),
  at_most_percent: Type.Number({ description: "Upper bound of the share of wrong ones at 95 %." }),
};
const EVIDENCE = { ...COUNTS, summary: Type.String() };

export const CACHE_SCHEMAS = {
  Cache: Type.Object(
    {
      enabled: Type.Boolean(),
      embedding: words("idle", "starting", "ready", "off"),
      exact: SAVINGS,
      semantic: SAVINGS,
      misses: Type.Integer(),
      verified: Type.Integer(),
      wrong: Type.Integer(),
      spaces: Type.Array(
        Type.Object({
          model: orNull(Type.String(), { description: "A model with settings of its own; null: all others." }),
          entries: Type.Integer(),
          semantic_entries: Type.Integer({ description: "Found by meaning too." }),
          indexed_entries: Type.Integer({ description: "Of these, those with a vector." }),
          bytes: Type.Integer(),
        }),
      ),
      evidence: Type.Array(
        Type.Object({
          who: Type.String({ description: "Name of the key, team or customer." }),
          model: Type.String(),
          judged: Type.Boolean({ description: "Hits that needed a judge's yes." }),
          max_wrong_percent: Type.Number(),
          ...EVIDENCE,
          served: Type.Object(EVIDENCE),
          drifted_at: orNull(TIME),
          cells: Type.Array(
            Type.Object({
              cell: Type.String({ description: "Guard level / lower edge of the cosine." }),
              ...COUNTS,
              served: Type.Boolean(),
            }),
          ),
        }),
      ),
    },
    { description: "With `enabled` false nothing is cached and the other fields are absent." },
  ),
  CacheExplanation: Type.Object({
    request_id: Type.String(),
    at: TIME,
    model: Type.String(),
    key_id: Type.String(),
    mode: words("exact", "shadow", "verified", "on"),
    id: Type.String({ description: "The exact key of the request." }),
    status: words("miss", "exact", "semantic"),
    reason: orNull(Type.String()),
    served: orNull(Type.Object({ id: Type.String(), score: orNull(Type.Number()), cell: orNull(Type.String()) })),
    considered: Type.Array(
      Type.Object({
        id: Type.String(),
        level: Type.Integer({ description: "Guards passed, 0 to 6." }),
        cosine: Type.Number(),
        reason: orNull(Type.String({ description: "Why it was not served." })),
      }),
    ),
    judge: orNull(Type.Object({ id: Type.String(), yes: Type.Boolean() })),
    verified: orNull(
      Type.Object({
        id: Type.String(),
        cell: Type.String(),
        same: Type.Boolean(),
        by: words("text", "numbers", "embedding", "judge", "doubt"),
      }),
    ),
  }),
  CacheCount: Type.Object({ entries: Type.Integer() }),
  CachePurge: Type.Object({ deleted: Type.Integer() }),
  NewFeedback: Type.Object(
    {
      request_id: Type.String(),
      score: Type.Number({ minimum: -1, maximum: 1 }),
      comment: Type.Optional(Type.String({ maxLength: 2_000 })),
      cached_wrong: Type.Optional(
        Type.Boolean({ description: "The answer came from the cache and is wrong: it is taken out." }),
      ),
    },
    { additionalProperties: false },
  ),
  Feedback: Type.Object({
    request_id: Type.String(),
    stored: Type.Boolean(),
    purged: Type.Boolean({ description: "A cached answer was taken out." }),
  }),
} satisfies Record<string, TSchema>;
