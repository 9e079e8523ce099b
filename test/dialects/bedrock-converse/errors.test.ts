import { describe, expect, test } from "bun:test";
import type { FailureClass } from "../../../src/canonical/errors.ts";
import { bedrockConverse } from "../../../src/dialects/bedrock-converse/bedrock-converse.ts";
import { eventStreamMessage } from "../../../src/dialects/event-stream.ts";

const EVENT = { ":message-type": "event", ":content-type": "application/json" };
const event = (type: string, payload: object) =>
  eventStreamMessage({ ...EVENT, ":event-type": type }, JSON.stringify(payload));
const OPENING = [
  event("messageStart", { role: "assistant" }),
  event("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hi" } }),
];

describe("an answer with an error's status", () => {
  test.each<[number, string, string, FailureClass]>([
    [429, "ThrottlingException", "Too many requests, please wait before trying again.", "rate_limited"],
    [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota_exhausted"],
    [
      400,
      "ServiceQuotaExceededException",
      "Your request exceeds the service quota for your account.",
      "quota_exhausted",
    ],
    [429, "ModelNotReadyException", "The model is not ready.", "overloaded"],
    [408, "ModelTimeoutException", "Timed out.", "server"],
    [424, "ModelErrorException", "The model failed.", "server"],
    [
      403,
      "AccessDeniedException",
      "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel",
      "auth",
    ],
    [
      403,
      "AccessDeniedException",
      "You don't have access to the model with the specified model ID.",
      "model_not_found",
    ],
    [403, "ExpiredTokenException", "The security token included in the request is expired", "auth"],
    [400, "UnrecognizedClientException", "The security token included in the request is invalid.", "auth"],
    [404, "ResourceNotFoundException", "This model version has reached the end of its life.", "model_not_found"],
    [400, "ValidationException", "The provided model identifier is invalid.", "model_not_found"],
    [
      400,
      "ValidationException",
      "Invocation of model ID x with on-demand throughput isn’t supported. Retry with an inference profile.",
      "model_not_found",
    ],
    [400, "ValidationException", "Input is too long for requested model.", "context_length"],
    [
      400,
      "ValidationException",
      "The model returned the following errors: input length and `max_tokens` exceed context limit: 1 + 2 > 3",
      "context_length",
    ],
    [400, "ValidationException", "This model doesn't support tool use.", "unsupported"],
    [
      400,
      "ValidationException",
      "Malformed input request: #: extraneous key [x] is not permitted, please reformat your input and try again.",
      "unsupported",
    ],
    [
      400,
      "ValidationException",
      "The model returned the following errors: This model does not support assistant message prefill.",
      "unsupported",
    ],
    [
      400,
      "ValidationException",
      "The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` block",
      "invalid",
    ],
    [400, "ValidationException", "A conversation must alternate between user and assistant roles.", "invalid"],
    [503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "overloaded"],
  ])("%d %s %s", (status, type, message, expected) => {
    const headers = new Headers({ "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/` });
    const body = JSON.stringify({ message });
    expect(bedrockConverse.parseError(status, headers, body)).toMatchObject({ class: expected, message, status });
    const inBody = JSON.stringify({ __type: `com.amazon.coral#${type}`, Message: message });
    expect(bedrockConverse.parseError(status, new Headers(), inBody)).toMatchObject({ class: expected, message });
  });
});

describe("an exception inside a stream", () => {
  test.each<[string, FailureClass]>([
    ["throttlingException", "rate_limited"],
    ["modelStreamErrorException", "server"],
    ["internalServerException", "server"],
    ["serviceUnavailableException", "overloaded"],
    ["validationException", "invalid"],
    ["modelTimeoutException", "server"],
    ["somethingNewException", "server"],
  ])("%s is %s, and nothing follows", (type, expected) => {
    const headers = { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" };
    const exception = eventStreamMessage(headers, '{"message":"No."}');
    const reader = bedrockConverse.frameReader();
    const pieces = [Buffer.concat([...OPENING, exception]), OPENING[1]!].flatMap((chunk) => reader.push(chunk));
    pieces.push(...reader.end());
    expect(pieces.map(({ mark }) => mark)).toEqual(["content", "error"]);
    expect(pieces[1]!.failure).toMatchObject({ class: expected, message: "No." });
  });

  test("an error of the protocol tells its words in headers", () => {
    const error = { ":message-type": "error", ":error-code": "InternalError", ":error-message": "Broken." };
    const [piece] = bedrockConverse.frameReader().push(eventStreamMessage(error, ""));
    expect(piece!.failure).toMatchObject({ class: "server", message: "Broken." });
  });

  test("a wrong checksum ends the reply, and no cut is reported after it", () => {
    const damaged = Buffer.concat(OPENING);
    damaged[damaged.length - 10]! ^= 1;
    const reader = bedrockConverse.frameReader();
    const pieces = [...reader.push(damaged), ...reader.end()];
    expect(pieces.flatMap(({ failure }) => failure ?? [])).toMatchObject([
      { class: "malformed", message: "The upstream's event stream is broken: a message with a wrong checksum." },
    ]);
  });
});

describe("a stream", () => {
  const eventsOf = (...messages: Uint8Array[]) =>
    bedrockConverse
      .frameReader()
      .push(Buffer.concat(messages))
      .flatMap((piece) => piece.events ?? []);
  test("a message whose JSON is broken is left out", () => {
    const broken = eventStreamMessage({ ...EVENT, ":event-type": "contentBlockDelta" }, '{"contentBlockIn');
    expect(eventsOf(OPENING[0]!, broken, OPENING[1]!).map(({ type }) => type)).toEqual(["start", "text"]);
  });
  test("thoughts and text in one block are two parts", () => {
    const thought = event("contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { text: "Hm" } } });
    expect(eventsOf(thought, OPENING[1]!)).toMatchObject([
      { type: "reasoning", part: 0 },
      { type: "text", part: 1 },
    ]);
  });
  test("a tool that Bedrock runs itself is told whole, to Bedrock's clients alone", () => {
    const start = { toolUse: { toolUseId: "t", name: "nova_grounding", type: "server_tool_use" } };
    const events = eventsOf(
      event("contentBlockStart", { contentBlockIndex: 0, start }),
      event("contentBlockDelta", { contentBlockIndex: 0, delta: { toolUse: { input: '{"q":1}' } } }),
      event("contentBlockStop", { contentBlockIndex: 0 }),
    );
    expect(events).toMatchObject([
      {
        type: "media",
        media: { type: "opaque", kind: "toolUse", raw: { toolUse: { ...start.toolUse, input: { q: 1 } } } },
      },
    ]);
  });
  test.each<[object, object]>([
    [
      { inputTokens: 12, outputTokens: 5, totalTokens: 1045, cacheReadInputTokens: 1028 },
      { input: 12, cacheRead: 1028 },
    ],
    // Where the total shows that the input holds the cached ones.
    [
      { inputTokens: 1040, outputTokens: 5, totalTokens: 1045, cacheReadInputTokens: 1028 },
      { input: 12, cacheRead: 1028 },
    ],
    [
      { inputTokens: 1, outputTokens: 5, cacheWriteInputTokens: 30, cacheDetails: [{ ttl: "1h", inputTokens: 20 }] },
      { cacheWrite5m: 10, cacheWrite1h: 20 },
    ],
  ])("usage %o", (usage, expected) => {
    expect(eventsOf(event("metadata", { usage }))).toMatchObject([{ type: "usage", usage: expected }]);
  });
});
