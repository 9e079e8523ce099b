/** What else goes wrong inside a reply: broken ends, odd bytes, errors in a 200, answers that must be continued. */
import { ANSWER, answerWithHugeStart } from "./answer.ts";
import {
  attemptsAtPrimary,
  byFallback,
  byPrimary,
  check,
  complete,
  completeOrError,
  explicitError,
  noFallbackTried,
  within,
} from "./checks.ts";
import type { Scenario } from "./scenario.ts";
import { continued, TOKEN_DELAY_MS, withFallback } from "./sixteen.ts";

const HUGE_EVENT_BYTES = 300_000;
const SLOW_TOKEN_MS = 1_200;
/** Prime, so that every place in every character is cut somewhere. */
const PACKET_BYTES = 13;

const untouched: Scenario["expect"] = () => [complete, byPrimary, attemptsAtPrimary(1)];

/** First in the table, and what all others are compared with. */
const ALL_WELL: Scenario = {
  id: "all-well",
  kind: "further",
  title: "nothing fails",
  expect: untouched,
};

const BROKEN: readonly Scenario[] = [
  {
    id: "empty-reply",
    kind: "further",
    title: "200 with an empty body",
    faults: () => ({ primary: { body: "empty" } }),
    expect: (lane) => withFallback(lane, [complete, byFallback]),
  },
  {
    id: "lone-end-mark",
    kind: "further",
    title: "200 with nothing but the end mark",
    modes: ["stream"],
    faults: () => ({ primary: { body: "done-only" } }),
    expect: (lane) => withFallback(lane, [complete, byFallback]),
  },
  {
    id: "html-page",
    kind: "further",
    title: "200 with an HTML page",
    faults: () => ({ primary: { body: "html" } }),
    expect: (lane) => withFallback(lane, [complete, byFallback]),
  },
  {
    id: "clean-end-without-finish",
    kind: "further",
    title: "body ends cleanly without a finish reason",
    faults: () => ({ primary: { cut: { afterTokens: 40, how: "clean" }, tokenDelayMs: TOKEN_DELAY_MS } }),
    expect: (lane, _limits, mode) => continued(lane, mode),
  },
  {
    id: "unframed-cut",
    kind: "further",
    title: "close-delimited body cut in the middle",
    faults: () => ({
      primary: { framing: "close", cut: { afterTokens: 40, how: "fin" }, tokenDelayMs: TOKEN_DELAY_MS },
    }),
    expect: (lane, _limits, mode) => continued(lane, mode),
  },
  {
    id: "error-first",
    kind: "further",
    title: "error as the first event of a 200",
    faults: () => ({ primary: { errorEvent: { afterTokens: 0 } } }),
    expect: (lane) => withFallback(lane, [complete, byFallback]),
  },
  {
    id: "error-after-20-tokens",
    kind: "further",
    title: "error event after 20 tokens",
    faults: () => ({ primary: { errorEvent: { afterTokens: 20 }, tokenDelayMs: TOKEN_DELAY_MS } }),
    expect: (lane, _limits, mode) => continued(lane, mode),
  },
  {
    id: "role-then-silence",
    kind: "further",
    title: "role chunk, then silence",
    modes: ["stream"],
    faults: () => ({ primary: { stall: { afterTokens: 0 } } }),
    expect: (lane, { firstMs }) => [
      ...withFallback(lane, [complete, byFallback]),
      attemptsAtPrimary(1),
      within(1.5 * firstMs),
    ],
  },
  {
    id: "stall-for-ever",
    kind: "further",
    title: "20 tokens, then silence without a close",
    modes: ["stream"],
    faults: () => ({ primary: { stall: { afterTokens: 20 }, tokenDelayMs: TOKEN_DELAY_MS } }),
    expect: (lane, { idleMs }, mode) => [...continued(lane, mode), within(2.25 * idleMs)],
  },
  {
    id: "cut-and-no-continuation",
    kind: "further",
    title: "cut, and the client forbids a continuation",
    modes: ["stream"],
    faults: () => ({ primary: { cut: { afterTokens: 40, how: "rst" }, tokenDelayMs: TOKEN_DELAY_MS } }),
    calls: async (bench) => {
      await bench.ask({ stream: true, headers: { "x-evergate-continuation": "off" } });
    },
    expect: () => [
      explicitError,
      noFallbackTried,
      check("the error has words", ({ calls }) => calls.every(({ error }) => (error?.message ?? "") !== "")),
      check("what had arrived is kept", ({ calls }) =>
        calls.every(({ text }) => text !== "" && ANSWER.startsWith(text)),
      ),
    ],
  },
  {
    id: "cut-tool-call",
    kind: "further",
    title: "cut inside a tool call's arguments",
    faults: () => ({ primary: { cut: { afterTokens: 2, how: "rst" }, tokenDelayMs: TOKEN_DELAY_MS } }),
    calls: async (bench, mode) => {
      await bench.ask({ stream: mode === "stream", tools: true });
    },
    expect: () => [
      check("the call is whole, or its end is an explicit error", ({ calls }) =>
        calls.every(({ end, tools }) => end === "error" || tools.every((tool) => isJson(tool.arguments))),
      ),
    ],
  },
];

const BYTES: readonly Scenario[] = [
  {
    id: "slow-but-alive",
    kind: "further",
    title: "1.2 s between tokens",
    faults: ({ firstMs, idleMs }) => ({
      primary: { tokenDelayMs: Math.min(SLOW_TOKEN_MS, idleMs / 2, firstMs / 100) },
    }),
    expect: untouched,
  },
  {
    id: "huge-event",
    kind: "further",
    title: "one event of 300 kB",
    faults: () => ({ primary: { hugeEventBytes: HUGE_EVENT_BYTES } }),
    expectedText: answerWithHugeStart(HUGE_EVENT_BYTES),
    expect: untouched,
  },
  {
    id: "crlf",
    kind: "further",
    title: "lines end with CR LF",
    modes: ["stream"],
    faults: () => ({ primary: { lineEnd: "crlf" } }),
    expect: untouched,
  },
  {
    id: "no-space",
    kind: "further",
    title: "data: without a space",
    modes: ["stream"],
    faults: () => ({ primary: { noSpace: true } }),
    expect: untouched,
  },
  {
    id: "comment-pings",
    kind: "further",
    title: "a comment before every event",
    modes: ["stream"],
    faults: () => ({ primary: { comments: true } }),
    expect: untouched,
  },
  {
    id: "split-characters",
    kind: "further",
    title: "characters split over packets",
    faults: () => ({ primary: { packetBytes: PACKET_BYTES } }),
    expect: untouched,
  },
  {
    id: "mislabelled",
    kind: "further",
    title: "answer labelled as plain text",
    inapplicable: ({ upstream }) => (upstream === "ollama" ? "its streams are known by their label alone" : undefined),
    faults: () => ({ primary: { contentType: "text/plain" } }),
    expect: untouched,
  },
];

/** Every manner in which models go on when they are asked to; the prefill is refused so that they are. */
const MANNERS = [
  ["repeats-tail", "the next model repeats the last words"],
  ["goes-on", "the next model goes on at once"],
  ["introduces-and-repeats", "the next model makes an introduction and repeats"],
  ["introduces", "the next model makes an introduction and goes on"],
  ["repeats-all", "the next model repeats everything"],
  ["starts-over", "the next model starts over with other words"],
] as const;

const SEAMS = MANNERS.map(
  ([continues, title]): Scenario => ({
    id: `seam-${continues}`,
    kind: "further",
    title: `cut, and ${title}`,
    modes: ["stream"],
    continues,
    faults: () => ({
      primary: { cut: { afterTokens: 40, how: "rst" }, tokenDelayMs: TOKEN_DELAY_MS },
      others: { refusesPrefill: true },
    }),
    expect: (lane, _limits, mode) =>
      continues === "starts-over" || continues === "introduces" ? [completeOrError] : continued(lane, mode),
  }),
);

export const FURTHER_STREAMS: readonly Scenario[] = [ALL_WELL, ...BROKEN, ...BYTES, ...SEAMS];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
