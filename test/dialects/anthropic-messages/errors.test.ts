import { describe, expect, test } from "bun:test";
import { type ErrorCode, GatewayError } from "../../../src/canonical/errors.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import type { MalformedReply } from "../../../src/dialects/dialect.ts";

const body = (type: string, message: string) =>
  JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });
const invalid = (message: string) => body("invalid_request_error", message);
const parse = (status: number, text: string) => anthropicMessages.parseError(status, new Headers(), text);

describe("an upstream's error", () => {
  test.each([
    [400, invalid("Your credit balance is too low to access the Anthropic API."), "quota_exhausted"],
    [
      400,
      invalid("You have reached your specified API usage limits. You will regain access on 2026-12-01."),
      "quota_exhausted",
    ],
    [400, invalid("prompt is too long: 213333 tokens > 200000 maximum"), "context_length"],
    [400, invalid("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"), "context_length"],
    [400, '{"message":"Input is too long for requested model."}', "context_length"],
    [400, invalid("Output blocked by content filtering policy"), "content_filter"],
    [
      400,
      invalid("This model does not support assistant message prefill. The conversation must end with a user message."),
      "unsupported",
    ],
    [400, invalid('"thinking.type.enabled" is not supported for this model.'), "unsupported"],
    [400, invalid("`temperature` and `top_p` cannot both be specified for this model."), "unsupported"],
    [400, invalid("messages: roles must alternate"), "invalid"],
    [400, '{"message":"The provided model identifier is invalid."}', "model_not_found"],
    [401, body("authentication_error", "invalid x-api-key"), "auth"],
    [403, body("permission_error", "Your API key does not have permission"), "auth"],
    [402, body("billing_error", "pay"), "quota_exhausted"],
    [404, body("not_found_error", "model: claude-9"), "model_not_found"],
    [404, body("not_found_error", "Not found"), "invalid"],
    [413, body("request_too_large", "Request exceeds the maximum size"), "invalid"],
    [429, body("rate_limit_error", "This request would exceed your organization's rate limit"), "rate_limited"],
    [429, '{"message":"Too many tokens, please wait before trying again."}', "rate_limited"],
    [500, body("api_error", "Internal server error"), "server"],
    [503, "<html>Service Unavailable</html>", "overloaded"],
    [504, body("timeout_error", "took too long"), "server"],
    [529, body("overloaded_error", "Overloaded"), "overloaded"],
  ])("%d %s is %s", (status, text, expected) => {
    expect(parse(status, text)).toMatchObject({ class: expected, status });
  });

  test("keeps its own words, type and field", () => {
    const failure = parse(400, invalid("messages.0.content: Input should be a valid list"));
    expect(failure).toEqual({
      class: "invalid",
      status: 400,
      message: "messages.0.content: Input should be a valid list",
      upstreamCode: "invalid_request_error",
      param: "messages.0.content",
    });
  });

  test.each([
    ["an HTML page", "<!doctype html><p>secret host"],
    ["nothing", ""],
    ["JSON without a message", "{}"],
  ])("%s tells nothing", (_, text) => {
    expect(parse(502, text).message).toBe("The upstream answered with status 502.");
  });

  test("is bounded", () => {
    expect(parse(400, invalid("x".repeat(100_000))).message.length).toBe(2000);
  });

  test("with status 200 is still one", () => {
    const overloaded = JSON.parse(body("overloaded_error", "Overloaded"));
    try {
      anthropicMessages.parseReply(overloaded);
      throw new Error("accepted");
    } catch (error) {
      expect((error as MalformedReply).failure).toMatchObject({ class: "overloaded", message: "Overloaded" });
    }
  });
});

describe("an error for clients", () => {
  test.each<[ErrorCode, string]>([
    ["invalid_request", "invalid_request_error"],
    ["context_length_exceeded", "invalid_request_error"],
    ["content_filter", "invalid_request_error"],
    ["invalid_api_key", "authentication_error"],
    ["budget_exceeded", "billing_error"],
    ["key_expired", "permission_error"],
    ["model_not_allowed", "permission_error"],
    ["model_not_found", "not_found_error"],
    ["method_not_allowed", "invalid_request_error"],
    ["request_too_large", "request_too_large"],
    ["rate_limited", "rate_limit_error"],
    ["internal", "api_error"],
    ["upstream_error", "api_error"],
    ["upstream_auth", "api_error"],
    ["overloaded", "overloaded_error"],
    ["upstream_timeout", "timeout_error"],
    ["not_cached", "api_error"],
  ])("%s is %s", (code, type) => {
    const view = { error: new GatewayError(code, "Sorry."), requestId: "req-1", attempts: [] };
    const expected = { type: "error", error: { type, message: "Sorry." }, request_id: "req-1" };
    expect(anthropicMessages.formatError(view)).toEqual(expected);
    expect(Buffer.from(anthropicMessages.formatStreamError(view)).toString()).toBe(
      `event: error\ndata: ${JSON.stringify(expected)}\n\n`,
    );
  });
});
