/** Which of the remaining targets a failure leaves to try (INTERFACE §2.4, column "next target"). */
import { FAILURES, type Failure } from "../canonical/errors.ts";
import type { Progress, SelectionOptions } from "./selection.ts";

/** Excludes, for this call, every target that could only fail in the same way. */
export function excludeByRule(
  progress: readonly Progress[],
  failedOne: Progress,
  failure: Failure,
  options: SelectionOptions,
): void {
  const rule = FAILURES[failure.class];
  if (rule.nextTarget === "any") return;
  for (const other of progress) {
    if (other === failedOne || other.excluded !== undefined) continue;
    const why = reasonAgainst(other, failedOne, rule, failure, options);
    if (why !== undefined) other.excluded = why;
  }
}

type Rule = (typeof FAILURES)[Failure["class"]];

function reasonAgainst(
  other: Progress,
  failedOne: Progress,
  rule: Exclude<Rule, { nextTarget: "any" }>,
  failure: Failure,
  options: SelectionOptions,
): string | undefined {
  switch (rule.nextTarget) {
    case "larger-context": {
      const tooSmall = options.contextTokens(failedOne.candidate) ?? statedLimit(failure.message) ?? 0;
      const context = options.contextTokens(other.candidate);
      return context !== undefined && context > tooSmall ? undefined : "its context window is not known to be larger";
    }
    case "supporting": {
      // The same model refuses the same parameter at every account of the same kind of provider.
      const { provider, target } = failedOne.candidate;
      const same = other.candidate.provider.type === provider.type && other.candidate.target.model === target.model;
      return same ? "it would refuse the same parameter" : undefined;
    }
    case "if-allowed":
      return options.fallbackOn.has(rule.reason) ? undefined : "a content filter is not evaded";
    case "none":
      return "the request itself was refused";
    default:
      return rule satisfies never;
  }
}

/** "maximum context length is 8192 tokens", "prompt is too long: 210000 tokens > 200000 maximum": their own figure. */
const STATED_LIMITS = [/(?:context (?:length|window|limit)|maximum)[^0-9]{0,40}?(\d{3,9})/i, />\s*(\d{3,9})/];

function statedLimit(message: string): number | undefined {
  for (const pattern of STATED_LIMITS) {
    const figure = pattern.exec(message)?.[1];
    if (figure !== undefined) return Number(figure);
  }
  return undefined;
}
