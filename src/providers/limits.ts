/**
 * What providers say about the limits of a key, in one form. Their headers agree on names and on little else: a reset
 * is a Go duration at OpenAI, RFC 3339 at Anthropic, seconds at Cerebras, epoch milliseconds inside the error body at
 * OpenRouter; Groq counts requests by the day and tokens by the minute under the names OpenAI uses for minutes.
 */
import { resetAtMs, retryAfterOf } from "./limit-forms.ts";

export interface LimitWindow {
  limit?: number;
  remaining?: number;
  /** When it is full again; epoch milliseconds. */
  resetAtMs?: number;
  /** Length of the window, where it is documented. */
  windowMs?: number;
}

export interface Limits {
  /** How long to wait, said outright or implied by what is used up. Only meaningful on an error answer. */
  retryAfterMs?: number;
  requests?: LimitWindow;
  tokens?: LimitWindow;
  inputTokens?: LimitWindow;
  outputTokens?: LimitWindow;
}

type Counted = Exclude<keyof Limits, "retryAfterMs">;

/** Names of one window's headers, and its length. */
interface WindowHeaders {
  counts: Counted;
  limit: string;
  remaining: string;
  reset: string;
  windowMs?: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** @param body text of an error answer; @param nowMs epoch milliseconds. */
export function readLimits(vendor: string, headers: Headers, body: string | undefined, nowMs: number): Limits {
  const limits: Limits = {};
  for (const names of VENDOR_WINDOWS[vendor] ?? OPENAI) {
    const window = readWindow(names, headers, nowMs);
    if (window && isTighter(window, limits[names.counts])) limits[names.counts] = window;
  }
  const wait = retryAfterOf(headers, body, nowMs) ?? waitForUsedUp(limits, nowMs);
  if (wait !== undefined) limits.retryAfterMs = wait;
  return limits;
}

function readWindow(names: WindowHeaders, headers: Headers, nowMs: number): LimitWindow | undefined {
  const limit = count(headers.get(names.limit));
  const remaining = count(headers.get(names.remaining));
  if (limit === undefined && remaining === undefined) return undefined;
  // Azure's Responses API writes limit -1 and remaining 0 for "does not apply" (seen 2026).
  if (limit === undefined && headers.has(names.limit)) return undefined;
  const window: LimitWindow = {};
  if (limit !== undefined) window.limit = limit;
  if (remaining !== undefined) window.remaining = remaining;
  const reset = headers.get(names.reset);
  const resetsAt = reset === null ? undefined : resetAtMs(reset, nowMs);
  if (resetsAt !== undefined) window.resetAtMs = resetsAt;
  if (names.windowMs !== undefined) window.windowMs = names.windowMs;
  return window;
}

/** Of two windows over the same thing the one that will refuse first is kept. */
function isTighter(window: LimitWindow, known: LimitWindow | undefined): boolean {
  if (known === undefined) return true;
  return (window.remaining ?? Number.POSITIVE_INFINITY) < (known.remaining ?? Number.POSITIVE_INFINITY);
}

/** Without a word from the upstream: until the last of the used-up windows has reset. */
function waitForUsedUp(limits: Limits, nowMs: number): number | undefined {
  let until: number | undefined;
  for (const window of [limits.requests, limits.tokens, limits.inputTokens, limits.outputTokens]) {
    if (window?.remaining !== 0 || window.resetAtMs === undefined) continue;
    until = Math.max(until ?? 0, window.resetAtMs);
  }
  return until === undefined ? undefined : Math.max(0, until - nowMs);
}

/** A count; negative numbers and anything else mean "not told". */
function count(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}

function openAiPair(counts: Counted, noun: string, windowMs?: number): WindowHeaders {
  return {
    counts,
    limit: `x-ratelimit-limit-${noun}`,
    remaining: `x-ratelimit-remaining-${noun}`,
    reset: `x-ratelimit-reset-${noun}`,
    windowMs,
  };
}

function anthropicWindow(counts: Counted, noun: string): WindowHeaders {
  return {
    counts,
    limit: `anthropic-ratelimit-${noun}-limit`,
    remaining: `anthropic-ratelimit-${noun}-remaining`,
    reset: `anthropic-ratelimit-${noun}-reset`,
    windowMs: MINUTE_MS,
  };
}

const OPENAI: readonly WindowHeaders[] = [openAiPair("requests", "requests"), openAiPair("tokens", "tokens")];

const VENDOR_WINDOWS: Readonly<Record<string, readonly WindowHeaders[]>> = {
  // docs.claude.com, rate limits: input and output are limited apart, `tokens` shows the tightest.
  anthropic: [
    anthropicWindow("requests", "requests"),
    anthropicWindow("tokens", "tokens"),
    anthropicWindow("inputTokens", "input-tokens"),
    anthropicWindow("outputTokens", "output-tokens"),
  ],
  // console.groq.com/docs/rate-limits: "x-ratelimit-limit-requests always refers to requests per day".
  groq: [openAiPair("requests", "requests", DAY_MS), openAiPair("tokens", "tokens", MINUTE_MS)],
  // inference-docs.cerebras.ai: two windows at once, in seconds.
  cerebras: [openAiPair("requests", "requests-day", DAY_MS), openAiPair("tokens", "tokens-minute", MINUTE_MS)],
  // Seen on its answers in 2026; it sends no reset.
  mistral: [openAiPair("requests", "req-minute", MINUTE_MS), openAiPair("tokens", "tokens-minute", MINUTE_MS)],
  // docs.sambanova.ai/docs/en/models/rate-limits: a minute's and a day's window of requests.
  sambanova: [openAiPair("requests", "requests", MINUTE_MS), openAiPair("requests", "requests-day", DAY_MS)],
};
