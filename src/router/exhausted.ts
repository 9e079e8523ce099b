/** What a client is told when nothing is left to try (INTERFACE §2.4, last column). */
import type { Clock } from "../canonical/deps.ts";
import { type ErrorCode, FAILURES, type Failure, GatewayError } from "../canonical/errors.ts";
import type { Rest } from "./rests.ts";

export interface LastFailure {
  failure: Failure;
  provider: string;
  target: string;
}

/** `failures` in the order they happened; `resting` is the soonest end of what only rests. */
export function exhausted(
  model: string,
  failures: readonly LastFailure[],
  resting: Rest | undefined,
  clock: Clock,
): GatewayError {
  const told = mostTelling(failures);
  if (!told) return nothingTried(model, resting, clock);
  const { failure, provider, target } = told;
  const { code, reason } = FAILURES[failure.class];
  switch (code) {
    case "rate_limited": {
      const retryAfterMs = resting ? Math.max(0, resting.untilMs - clock.now()) : failure.retryAfterMs;
      const wait = retryAfterMs === undefined ? "" : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
      return new GatewayError(
        "rate_limited",
        `Every provider of model "${model}" is at its rate limit or quota.${wait}${lastWords(told)}`,
        {
          retryAfterMs: finite(retryAfterMs),
          source: "upstream",
        },
      );
    }
    case "upstream_auth":
      return new GatewayError("upstream_auth", `Provider "${provider}" refused the gateway's credentials.`);
    case "invalid_request": {
      const status =
        failure.status !== undefined && failure.status >= 400 && failure.status < 500 ? failure.status : 400;
      const named = CODE_OF_STATUS[status] ?? "invalid_request";
      return new GatewayError(named, failure.message, { status, param: failure.param, source: "client" });
    }
    case "context_length_exceeded":
    case "content_filter":
      return new GatewayError(code, failure.message, { param: failure.param });
    case "model_not_found":
      return new GatewayError(code, `Model "${target}" was not found at its provider: ${failure.message}`);
    case "overloaded":
      return new GatewayError(
        "overloaded",
        `Every provider of model "${model}" is overloaded or failing.${lastWords(told)}`,
        {
          source: "upstream",
          retryAfterMs: failure.retryAfterMs,
        },
      );
    case "upstream_timeout":
      return new GatewayError("upstream_timeout", failure.message);
    case "upstream_error":
      return new GatewayError(
        "upstream_error",
        `No provider of model "${model}" could answer; the last failure was "${reason}" at ${target}: ${failure.message}`,
      );
    default:
      return code satisfies never;
  }
}

/** A status that has a code of its own has it whoever answered with it. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  413: "request_too_large",
  415: "unsupported_media_type",
};

/** What the upstream itself said: a client's log should tell a daily quota from a burst. */
function lastWords({ failure, target }: LastFailure): string {
  return failure.message === "" ? "" : ` ${target}: ${failure.message}`;
}

/** The last failure, but one that says the model is missing or a parameter unsupported only if all do. */
function mostTelling(failures: readonly LastFailure[]): LastFailure | undefined {
  const vague = (one: LastFailure) => one.failure.class === "model_not_found" || one.failure.class === "unsupported";
  return failures.findLast((one) => !vague(one)) ?? failures.find(vague);
}

function nothingTried(model: string, resting: Rest | undefined, clock: Clock): GatewayError {
  if (!resting) return new GatewayError("no_target", `Model "${model}" has no target that may be tried now.`);
  const retryAfterMs = finite(Math.max(0, resting.untilMs - clock.now()));
  switch (resting.reason) {
    case "rate_limited":
    case "quota_exhausted": {
      const what = resting.reason === "rate_limited" ? "resting after a rate limit" : "out of quota or credit";
      const wait = retryAfterMs === undefined ? "" : ` Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
      return new GatewayError("rate_limited", `Every provider of model "${model}" is ${what}.${wait}`, {
        retryAfterMs,
        source: "upstream",
      });
    }
    default:
      return new GatewayError("no_target", `Every target of model "${model}" is out of service (${resting.reason}).`, {
        retryAfterMs,
      });
  }
}

function finite(ms: number | undefined): number | undefined {
  return ms !== undefined && Number.isFinite(ms) ? ms : undefined;
}
