import type { RetryHint } from "./faults.ts";

/** The headers by which a 429 tells how long to wait, in the forms providers use. @param nowMs epoch milliseconds. */
export function retryHeaders({ form, ms }: RetryHint, nowMs: number): Record<string, string> {
  const seconds = String(Math.ceil(ms / 1000));
  const at = new Date(nowMs + ms);
  switch (form) {
    case "seconds":
      return { "retry-after": seconds };
    case "date":
      return { "retry-after": at.toUTCString() };
    case "retry-after-ms":
      return { "retry-after-ms": String(ms) };
    case "reset-seconds":
      return { "x-ratelimit-reset": seconds };
    case "reset-epoch":
      return { "x-ratelimit-reset": String(Math.ceil(at.getTime() / 1000)) };
    case "openai-pair":
      return {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": ms < 1000 ? `${ms}ms` : `${ms / 1000}s`,
        "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-remaining-tokens": "199000",
        "x-ratelimit-reset-tokens": "300ms",
      };
    case "anthropic-reset":
      return {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": at.toISOString(),
      };
    case "cerebras-pair":
      return {
        "x-ratelimit-limit-requests-day": "14400",
        "x-ratelimit-remaining-requests-day": "14000",
        "x-ratelimit-reset-requests-day": "33011.4",
        "x-ratelimit-limit-tokens-minute": "60000",
        "x-ratelimit-remaining-tokens-minute": "0",
        "x-ratelimit-reset-tokens-minute": String(ms / 1000),
      };
    default:
      return form satisfies never;
  }
}
