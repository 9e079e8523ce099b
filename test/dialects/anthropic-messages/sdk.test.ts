/** Anthropic's own SDK is the judge of what is written for its users. */
import { expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { GatewayError } from "../../../src/canonical/errors.ts";
import type { ReplyEvent } from "../../../src/canonical/events.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { OPTIONS } from "../observe.ts";

function clientOf(body: Uint8Array | string, status = 200, type = "text/event-stream"): Anthropic {
  const answer = () => Promise.resolve(new Response(body as BodyInit, { status, headers: { "content-type": type } }));
  return new Anthropic({ apiKey: "x", baseURL: "http://localhost", maxRetries: 0, fetch: answer });
}

const ASK = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "hi" }] };

const EVENTS: ReplyEvent[] = [
  { type: "start", id: "chatcmpl-1", model: "gpt" },
  { type: "reasoning", choice: 0, part: 0, text: "hm" },
  { type: "text", choice: 0, part: 1, text: "Olá 🌍" },
  { type: "tool-call", choice: 0, part: 2, id: "call_1", name: "f" },
  { type: "arguments", choice: 0, part: 2, json: '{"a":' },
  { type: "tool-call", choice: 0, part: 3, id: "call_2", name: "g" },
  { type: "arguments", choice: 0, part: 2, json: "1}" },
  { type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "tool_calls" } },
  {
    type: "usage",
    usage: { input: 5, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0 },
  },
];

test("a stream of another dialect is a message", async () => {
  const writer = anthropicMessages.frameWriter(OPTIONS);
  const bytes = Buffer.concat([...EVENTS.map((event) => writer.write([event])), writer.end()]);
  const message = await clientOf(bytes).messages.stream(ASK).finalMessage();
  expect(message.content).toMatchObject([
    { type: "thinking", thinking: "hm", signature: "eg1.unsigned." },
    { type: "text", text: "Olá 🌍" },
    { type: "tool_use", id: "call_1", name: "f", input: { a: 1 } },
    { type: "tool_use", id: "call_2", name: "g", input: {} },
  ]);
  expect(message.stop_reason).toBe("tool_use");
  expect(message.usage).toMatchObject({ input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 2 });
});

test("a broken stream throws what broke it", async () => {
  const writer = anthropicMessages.frameWriter(OPTIONS);
  const error = new GatewayError("upstream_error", "The stream broke.");
  const broken = anthropicMessages.formatStreamError({ error, requestId: "req-1", attempts: [] });
  const bytes = Buffer.concat([writer.write(EVENTS.slice(0, 3)), broken]);
  await expect(clientOf(bytes).messages.stream(ASK).finalMessage()).rejects.toThrow("The stream broke.");
});

test("an error is of the SDK's own class", async () => {
  const error = new GatewayError("rate_limited", "Later.");
  const body = JSON.stringify(anthropicMessages.formatError({ error, requestId: "req-1", attempts: [] }));
  const asked = clientOf(body, error.status, "application/json").messages.create(ASK).then();
  await expect(asked).rejects.toBeInstanceOf(Anthropic.RateLimitError);
});
