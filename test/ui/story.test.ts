import { expect, test } from "bun:test";
import type { Attempt, RequestDetail } from "../../src/ui/api/types.ts";
import { storyOf } from "../../src/ui/pages/requests/story.ts";

const attempt = (over: Partial<Attempt>): Attempt => ({
  target: "a/1",
  provider: "a",
  model: "1",
  key: "key-1",
  kind: "first",
  start_ms: 1,
  head_ms: 10,
  first_content_ms: null,
  total_ms: 20,
  outcome: "ok",
  status: 200,
  class: null,
  reason: null,
  error: null,
  usage: null,
  cost_usd: null,
  ...over,
});

const request = (over: Partial<RequestDetail>): RequestDetail => ({
  id: "req_1",
  started_at: "2026-01-12T12:00:00.000Z",
  operation: "chat",
  dialect: "openai-chat",
  key_id: "key_1",
  key: "app",
  team: "search",
  customer: null,
  user: null,
  model: "fast",
  provider: "a",
  target: "a/1",
  stream: true,
  status: 200,
  code: null,
  source: null,
  error: null,
  finish: "stop",
  failover: false,
  cache: "off",
  cache_score: null,
  attempts: [],
  warnings: [],
  usage: null,
  cost_usd: null,
  total_ms: 100,
  first_content_ms: null,
  overhead_ms: 1,
  queued_ms: 0,
  tags: null,
  session: null,
  explanation: null,
  content: null,
  ...over,
});

const ASKED = "The key app of the team search asked fast for an answer in the dialect openai-chat, as a stream.";
const DONE = "The client got the whole answer.";

const stories: [string, Partial<RequestDetail>, string[]][] = [
  ["a cached answer", { cache: "exact" }, ["The cache had the answer to exactly this request.", DONE]],
  [
    "a failover",
    {
      cache: "miss",
      queued_ms: 12,
      attempts: [
        attempt({ outcome: "failed", reason: "server", status: 503, error: "overloaded" }),
        attempt({ target: "b/2", kind: "failover", first_content_ms: 240, total_ms: 1_500, cost_usd: "0.0021" }),
      ],
    },
    [
      "The cache had no answer to it.",
      "It waited 12 ms for its turn.",
      "a/1 with the key key-1 failed after 20 ms: server error (HTTP 503) – overloaded.",
      "Elsewhere: b/2 with the key key-1 answered in 1.5 s, its first token after 240 ms, for $0.0021.",
      DONE,
    ],
  ],
  [
    "a target that was not even tried",
    {
      attempts: [attempt({ target: "b/2", key: "none" })],
      explanation: [
        {
          strategy: "fallback",
          candidates: [
            { target: "a/1", key: "x", skipped: "breaker open" },
            { target: "a/1", key: "y", skipped: "resting" },
            { target: "b/2" },
          ],
          chosen: { target: "b/2", key: "none", kind: "first", wait_ms: 0 },
        },
      ],
    },
    ["a/1 was passed over: breaker open.", "b/2 answered in 20 ms.", DONE],
  ],
  [
    "a refusal",
    { status: 402, code: "budget_exceeded", source: "gateway", error: "Budget exceeded." },
    ["The client got 402 budget_exceeded, the gateway's decision: Budget exceeded."],
  ],
];

test.each(stories)("%s", (_, over, sentences) => expect(storyOf(request(over))).toEqual([ASKED, ...sentences]));
