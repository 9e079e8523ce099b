import { describe, expect, test } from "bun:test";
import type { Operation } from "../../../src/canonical/call.ts";
import type { Json, JsonObject } from "../../../src/canonical/chat.ts";
import { MalformedReply } from "../../../src/dialects/dialect.ts";
import { inspectImage } from "../../../src/dialects/operations/images.ts";
import { OPERATIONS } from "../../../src/dialects/operations/index.ts";
import { inspectModeration } from "../../../src/dialects/operations/moderations.ts";
import { inspectRerank } from "../../../src/dialects/operations/rerank.ts";

const encoder = new TextEncoder();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function prepare(operation: Operation, json: JsonObject, upstream = "openai-chat") {
  const bytes = encoder.encode(JSON.stringify(json));
  return OPERATIONS[operation]!.wire("openai-chat", upstream)!.prepare({ bytes, json }, { model: "real", vendor: "x" });
}

describe.each<[Operation, JsonObject, JsonObject]>([
  ["moderate", { model: "m", input: "x", extra: 1 }, { results: [{ flagged: false }] }],
  ["rerank", { model: "m", query: "q", documents: ["a"] }, { results: [{ index: 0, relevance_score: 0.5 }] }],
  ["image", { model: "m", prompt: "p" }, { data: [{ url: "https://example.com/1.png" }] }],
])("%s at a server of OpenAI's kind", (operation, asked, reply) => {
  test("only the model changes, and the answer passes as it came", () => {
    const { bytes, read } = prepare(operation, asked);
    expect(text(bytes)).toBe(JSON.stringify({ ...asked, model: "real" }));
    const received = encoder.encode("as it came");
    expect(read!(reply, received).bytes).toBe(received);
  });
  test("an error with status 200 is no answer", () => {
    expect(() => prepare(operation, asked).read!({ error: { message: "no" } }, new Uint8Array())).toThrow(
      MalformedReply,
    );
  });
});

test("an image's tokens are its usage", () => {
  const { read } = prepare("image", { model: "m", prompt: "p" });
  const { usage } = read!({ data: [{}], usage: { input_tokens: 3, output_tokens: 272 } }, new Uint8Array());
  expect(usage).toMatchObject({ input: 3, output: 272 });
  expect(read!({ data: [{}] }, new Uint8Array()).usage).toBeUndefined();
});

test("Cohere reranks for clients of the shared form", () => {
  const documents: Json[] = ["a", { text: "b" }, { title: "c" }];
  const asked = { model: "m", query: "q", documents, top_n: 2, return_documents: true };
  const { bytes, read } = prepare("rerank", asked, "cohere");
  expect(JSON.parse(text(bytes))).toEqual({
    model: "real",
    query: "q",
    documents: ["a", "b", '{"title":"c"}'],
    top_n: 2,
  });
  const answer = read!({ results: [{ index: 1, relevance_score: 0.9 }] }, new Uint8Array());
  expect(JSON.parse(text(answer.bytes))).toEqual({
    model: "real",
    results: [{ index: 1, relevance_score: 0.9, document: { text: "b" } }],
    usage: { total_tokens: 0 },
  });
});

test("Cohere gets its own fields of reranking, and what it has no word for is named", () => {
  const asked = { model: "m", query: "q", documents: ["a"], max_tokens_per_doc: 100, priority: 1, truncation: true };
  const { bytes, warnings } = prepare("rerank", { ...asked, user: null }, "cohere");
  expect(JSON.parse(text(bytes))).toMatchObject({ max_tokens_per_doc: 100, priority: 1 });
  expect(JSON.parse(text(bytes))).not.toHaveProperty("truncation");
  expect(warnings).toEqual(["truncation"]);
});

test.each<[JsonObject, number]>([
  [{ total_tokens: 38 }, 38],
  [{ prompt_tokens: 30, total_tokens: 38 }, 30],
  [{}, 0],
])("the tokens of a reranking are read of %j", (usage, input) => {
  const { read } = prepare("rerank", { model: "m", query: "q", documents: ["a"] });
  const reply = { results: [{ index: 0, relevance_score: 0.5 }], usage };
  expect(read!(reply, new Uint8Array()).usage).toMatchObject({ input, output: 0 });
});

test.each<[(body: JsonObject) => unknown, JsonObject, string]>([
  [inspectModeration, { input: "x" }, "model"],
  [inspectModeration, { model: "m" }, "input"],
  [inspectModeration, { model: "m", input: 1 }, "input"],
  [inspectRerank, { model: "m", documents: ["a"] }, "query"],
  [inspectRerank, { model: "m", query: "q", documents: [] }, "documents"],
  [inspectRerank, { model: "m", query: "q", documents: [1] }, "documents"],
  [inspectRerank, { model: "m", query: "q", documents: ["a"], top_n: 0 }, "top_n"],
  [inspectImage, { model: "m" }, "prompt"],
  [inspectImage, { model: "m", prompt: "p", n: 11 }, "n"],
  [inspectImage, { model: "m", prompt: "p", stream: true }, "stream"],
])("%p refuses %j for its %s", (inspect, body, param) => {
  expect(() => inspect(body)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
});
