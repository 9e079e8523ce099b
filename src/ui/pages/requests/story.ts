/** A request in sentences: who asked for what, what the cache had, what each attempt did and why, how it ended. */
import type { Attempt, RequestDetail, RequestRow } from "../../api/types.ts";
import { count, duration, money } from "../../format.ts";
import { reasonText } from "../overview/episodes.ts";

export function storyOf(row: RequestDetail): string[] {
  return [asked(row), ...cached(row), ...queued(row), ...passedOver(row), ...row.attempts.map(tried), ended(row)];
}

/** Targets that were known to be unwell before anything was tried. */
function passedOver({ explanation, attempts }: RequestDetail): string[] {
  const first = explanation?.[0];
  // A later decision alone says nothing of the first choice.
  if (!first?.chosen || first.chosen.target !== attempts[0]?.target) return [];
  const reasons = new Map<string, string>();
  for (const { target, skipped } of first.candidates) {
    if (target === first.chosen.target) break;
    if (skipped !== undefined && !reasons.has(target)) reasons.set(target, skipped);
  }
  return [...reasons].map(([target, reason]) => `${target} was passed over: ${reason}.`);
}

function asked({ key, team, operation, model, dialect, stream }: RequestRow): string {
  const who = key === null ? "Somebody" : key === "anonymous" ? "Somebody without a key" : `The key ${key}`;
  const of = team === null ? "" : ` of the team ${team}`;
  const what =
    model === null ? `called ${operation}` : `asked ${model} for ${operation === "chat" ? "an answer" : operation}`;
  return `${who}${of} ${what} in the dialect ${dialect}${stream ? ", as a stream" : ""}.`;
}

function cached({ cache, cache_score: score }: RequestRow): string[] {
  if (cache === "exact") return ["The cache had the answer to exactly this request."];
  if (cache === "semantic")
    return [
      `The cache had the answer to a request that means the same${score === null ? "" : ` (cosine ${score.toFixed(3)})`}.`,
    ];
  return cache === "miss" ? ["The cache had no answer to it."] : [];
}

function queued({ queued_ms: ms }: RequestRow): string[] {
  return ms >= 1 ? [`It waited ${duration(ms)} for its turn.`] : [];
}

const KINDS: Record<Attempt["kind"], string> = {
  first: "",
  retry: "Once more: ",
  failover: "Elsewhere: ",
  hedge: "At the same time, in case that is faster: ",
  continuation: "The answer was taken up where it broke off: ",
};

function tried(attempt: Attempt): string {
  const { kind, target, key, outcome, total_ms: total, first_content_ms: first, cost_usd: cost } = attempt;
  const start = `${KINDS[kind]}${target}${key === "none" ? "" : ` with the key ${key}`}`;
  if (outcome === "ok") {
    const token = first === null ? "" : `, its first token after ${duration(first)}`;
    const price = cost === null ? "" : `, for ${money(cost)}`;
    return `${start} answered in ${duration(total)}${token}${price}.`;
  }
  if (outcome === "cancelled") return `${start} was no longer needed and was cancelled${after(total)}.`;
  if (outcome === "pending") return `${start} was still under way when the call ended.`;
  return `${start} failed${after(total)}: ${failure(attempt)}`;
}

function failure({ reason, status, error }: Attempt): string {
  const what = reasonText(reason ?? "server");
  const code = status === null || status < 400 ? "" : ` (HTTP ${status})`;
  const words = error === null ? "" : ` – ${error}`;
  return `${what}${code}${words}${/[.!?]$/.test(words) ? "" : "."}`;
}

function after(ms: number | null): string {
  return ms === null ? "" : ` after ${duration(ms)}`;
}

const SOURCES: Record<string, string> = {
  client: "the request's own fault",
  gateway: "the gateway's decision",
  upstream: "the providers' fault",
};

function ended({ status, code, error, source, finish, usage, attempts }: RequestRow): string {
  if (status >= 400) {
    const whose = source === null ? "" : `, ${SOURCES[source] ?? source}`;
    return `The client got ${status} ${code ?? ""}${whose}: ${error ?? "no reason was given"}`;
  }
  const tokens = usage && attempts.length > 0 ? ` of ${count(usage.output)} tokens` : "";
  return `The client got the whole answer${tokens}${finish === null ? "" : (FINISHES[finish] ?? `, which ended by ${finish}`)}.`;
}

const FINISHES: Record<string, string> = {
  stop: "",
  length: ", which ended at the limit of tokens",
  "tool-calls": ", which calls tools",
  "content-filter": ", which the provider's content filter ended",
  refusal: ": the model refused",
  pause: ", which the model paused",
  other: ", which ended in a way of the provider's own",
};
