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
  const exclude = (why: string, unless: (other: Progress) => boolean) => {
    for (const other of progress)
      if (other !== failedOne && other.excluded === undefined && !unless(other)) other.excluded = why;
  };
  switch (rule.nextTarget) {
    case "any":
      return;
    case "larger-context": {
      const tooSmall = options.contextTokens(failedOne.candidate);
      return exclude("context window not larger", (other) => {
        const context = options.contextTokens(other.candidate);
        return tooSmall !== undefined && context !== undefined && context > tooSmall;
      });
    }
    case "supporting":
      // The same model refuses the same parameter at every account of the same kind of provider.
      return exclude("refuses the same parameter", ({ candidate }) => {
        const { provider, target } = failedOne.candidate;
        return candidate.provider.type !== provider.type || candidate.target.model !== target.model;
      });
    case "if-allowed":
      return exclude("not moved on after a content filter", () => options.fallbackOn.has(rule.reason));
    case "none":
      return exclude("the request itself was refused", () => false);
    default:
      return rule satisfies never;
  }
}
