/** What `/openapi.json` says of the cache and of feedback. */
import { Type } from "@sinclair/typebox";
import { EXAMPLES } from "./examples.ts";
import { body, errors, type Operation, query } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

const ID = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const SAVINGS = { hits: 12, saved_input_tokens: 240, saved_output_tokens: 960, saved_cost_usd: "0.01", saved_ms: 8400 };
const EVIDENCE = { verified: 299, wrong: 0, at_most_percent: 1, summary: "299 verified, 0 wrong, ≤ 1 % at 95 %" };

export const showCache: Operation = {
  tags: ["admin"],
  summary: "What the cache saves, and the evidence for what it serves",
  responses: {
    "200": {
      description: "Sums since the cache was made",
      content: body("Cache", {
        enabled: true,
        embedding: "ready",
        exact: SAVINGS,
        semantic: SAVINGS,
        misses: 30,
        verified: 299,
        wrong: 0,
        spaces: [{ model: null, entries: 30, semantic_entries: 28, indexed_entries: 28, bytes: 61_440 }],
        evidence: [
          {
            who: "ci",
            model: "fast",
            judged: false,
            max_wrong_percent: 1,
            ...EVIDENCE,
            served: EVIDENCE,
            drifted_at: null,
            cells: [{ cell: "6/0.90", verified: 299, wrong: 0, at_most_percent: 1, served: true }],
          },
        ],
      }),
    },
    ...ERRORS("401", "403"),
  },
};

export const explainCache: Operation = {
  tags: ["admin"],
  summary: "Why a request was, or was not, answered from the cache",
  description: "Of the last ten thousand that came to the cache since the start.",
  parameters: [{ ...query("request_id", "x-evergate-request-id of the answer"), required: true }],
  responses: {
    "200": {
      description: "What was looked at",
      content: body("CacheExplanation", {
        request_id: "req_1",
        at: "2026-11-23T04:22:00.000Z",
        model: "fast",
        key_id: "key_1",
        mode: "on",
        id: ID,
        status: "miss",
        reason: null,
        served: null,
        considered: [{ id: ID, level: 2, cosine: 0.94, reason: "other word: reset / change" }],
        judge: null,
        verified: null,
      }),
    },
    ...ERRORS("400", "401", "403", "404"),
  },
};

const PURGE = {
  description: "Filters that are given hold together; one is needed.",
  parameters: [
    query("id", "Id of one entry"),
    query("key", "Name or id of the virtual key that stored it"),
    query("older_than_ms", "Stored at least this long ago", Type.Integer({ minimum: 0 })),
    query("text", "Part of the question or of the answer"),
  ],
};

export const countEntries: Operation = {
  tags: ["admin"],
  summary: "How many entries a purge would take out",
  ...PURGE,
  responses: {
    "200": { description: "How many there are", content: body("CacheCount", { entries: 3 }) },
    ...ERRORS("400", "401", "403"),
  },
};

export const purgeCache: Operation = {
  tags: ["admin"],
  summary: "Takes entries out of the cache",
  ...PURGE,
  responses: {
    "200": { description: "How many are gone", content: body("CachePurge", { deleted: 1 }) },
    ...ERRORS("400", "401", "403"),
  },
};

export const feedback: Operation = {
  tags: ["inference"],
  summary: "Tells how good an answer was",
  description: "About a request of the same virtual key. The last word on a request counts.",
  requestBody: { required: true, content: body("NewFeedback", { request_id: "req_1", score: -1, cached_wrong: true }) },
  responses: {
    "200": { description: "Kept", content: body("Feedback", { request_id: "req_1", stored: true, purged: true }) },
    ...ERRORS("400", "401", "403", "404", "413", "415"),
  },
};
