import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import type { ReplyEvent } from "../../../src/canonical/events.ts";
import { NO_USAGE } from "../../../src/canonical/usage.ts";
import { openaiCompletions } from "../../../src/dialects/openai-completions/openai-completions.ts";

const OPTIONS = { includeUsage: true, requestId: "req_1", createdSeconds: 1 };

test("the prompt is one user message, and the limits stay", () => {
  const request = openaiCompletions.parseRequest({
    model: "m",
    prompt: "Hi",
    max_tokens: 5,
    temperature: 0,
    suffix: "!",
  });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
  expect(request).toMatchObject({ dialect: "openai-completions", maxOutputTokens: 5, temperature: 0 });
  expect(request.extra).toEqual({ suffix: "!" });
  expect(openaiCompletions.inspect({ model: "m", prompt: ["Hi"], stream: true })).toMatchObject({ stream: true });
});

test.each<[JsonObject]>([[{}], [{ prompt: ["a", "b"] }], [{ prompt: [1, 2] }], [{ prompt: [[1, 2]] }]])(
  "%j is no text to complete",
  (body) => {
    expect(() => openaiCompletions.inspect({ model: "m", ...body })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "prompt" }),
    );
  },
);

test("a stream has texts, a finish, usage and an end, and nothing that only opens a message", () => {
  const events: ReplyEvent[] = [
    { type: "start", id: "id-1", model: "m", createdSeconds: 7 },
    { type: "text", choice: 0, part: 0, text: "He" },
    { type: "text", choice: 0, part: 0, text: "llo" },
    { type: "finish", choice: 0, reason: { unified: "length", raw: "length" } },
    { type: "usage", usage: { ...NO_USAGE, input: 2, output: 1 } },
  ];
  const writer = openaiCompletions.frameWriter(OPTIONS);
  const decoder = new TextDecoder();
  const text = events.map((event) => decoder.decode(writer.write([event]))).join("") + decoder.decode(writer.end());
  const frames = text.split("\n\n").filter((frame) => frame !== "");
  expect(frames.pop()).toBe("data: [DONE]");
  const chunks = frames.map((frame) => JSON.parse(frame.replace(/^data: /, "")));
  for (const chunk of chunks) expect(chunk).toMatchObject({ id: "id-1", object: "text_completion", created: 7 });
  const choices = chunks.flatMap((chunk) => chunk.choices);
  expect(choices.map((choice) => choice.text).join("")).toBe("Hello");
  expect(choices.filter((choice) => choice.finish_reason !== null)).toMatchObject([{ finish_reason: "length" }]);
  expect(choices.every((choice) => choice.text !== "" || choice.finish_reason !== null)).toBe(true);
  expect(chunks.find((chunk) => chunk.usage)?.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 1 });
});
