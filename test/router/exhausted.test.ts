import { expect, test } from "bun:test";
import type { FailureClass } from "../../src/canonical/errors.ts";
import { exhausted } from "../../src/router/exhausted.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const told = (failureClass: FailureClass, status: number) =>
  exhausted(
    "m",
    [{ failure: { class: failureClass, status, message: "its own words" }, provider: "a", target: "a/x" }],
    undefined,
    simulatedClock(),
  );

test.each([
  [400, "invalid_request"],
  [404, "not_found"],
  [405, "method_not_allowed"],
  [406, "invalid_request"],
  [409, "conflict"],
  [413, "request_too_large"],
  [415, "unsupported_media_type"],
  [422, "invalid_request"],
])("a caller's fault that an upstream answered with %d keeps status and words, as %s", (status, code) => {
  expect(told("invalid", status)).toMatchObject({ status, code, message: "its own words", source: "client" });
});
