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
    const why = reasonAgainst(other, failedOne, rule, options);
    if (why !== undefined) other.excluded = why;
  }
}

type Rule = (typeof FAILURES)[Failure["class"]];

function reasonAgainst(
  other: Progress,
  failedOne: Progress,
  rule: Exclude<Rule, { nextTarget: "any" }>,
  options: SelectionOptions,
): string | undefined {
  switch (rule.nextTarget) {
    case "larger-context": {
      const tooSmall = options.contextTokens(failedOne.candidate);
      const context = options.contextTokens(other.candidate);
      const larger = tooSmall !== undefined && context !== undefined && context > tooSmall;
      return larger ? undefined : "its context window is not known to be larger";
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
