import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { embeddings } from "../../../src/dialects/operations/embeddings/embeddings.ts";

const encoder = new TextEncoder();
const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as JsonObject;

function prepare(client: string, upstream: string, json: JsonObject, traits: { model: string; vendor: string }) {
  const wire = embeddings.wire(client, upstream)!;
  return wire.prepare({ bytes: encoder.encode(JSON.stringify(json)), json }, traits);
}

const texts = (count: number, text = "a") => Array.from({ length: count }, (_, index) => `${text} ${index}`);
/** 40,000 letters: 20,000 tokens at the most. */
const LONG = "a".repeat(40_000);

describe("a call with more than a vendor takes is cut at the vendor's limit", () => {
  test.each<[vendor: string, upstream: string, model: string, input: JsonObject["input"], sizes: number[]]>([
    ["openai", "openai-chat", "text-embedding-3-small", texts(4_097), [2_048, 2_048, 1]],
    ["openai", "openai-chat", "text-embedding-3-small", texts(16, LONG), [14, 2]],
    [
      "openai",
      "openai-chat",
      "text-embedding-3-small",
      Array.from({ length: 3 }, () => Array(150_000).fill(1)),
      [2, 1],
    ],
    ["mistral", "openai-chat", "mistral-embed", [LONG.slice(0, 20_000), LONG.slice(0, 20_000)], [1, 1]],
    ["gemini", "gemini", "gemini-embedding-001", texts(201), [100, 100, 1]],
    ["vertex", "vertex-predict", "text-embedding-005", texts(251), [250, 1]],
    ["vertex", "vertex-predict", "gemini-embedding-001", texts(3), [1, 1, 1]],
    ["vertex", "vertex-predict", "gemini-embedding-2", texts(2), [1, 1]],
    ["cohere", "cohere", "embed-v4.0", texts(97), [96, 1]],
    ["bedrock", "bedrock-converse", "cohere.embed-english-v3", texts(97), [96, 1]],
    ["bedrock", "bedrock-converse", "amazon.titan-embed-text-v2:0", texts(2), [1, 1]],
  ])("%s, %s, %s", (vendor, upstream, model, input, sizes) => {
    const { split } = prepare("openai-chat", upstream, { model: "public", input: input! }, { vendor, model });
    const sent = split!.parts.map(({ bytes }) => decode(bytes));
    const listOf = (body: JsonObject) =>
      (body["input"] ?? body["requests"] ?? body["instances"] ?? body["texts"] ?? [body]) as unknown[];
    expect(sent.map((body) => listOf(body).length)).toEqual(sizes);
  });

  test.each([
    ["openai", "openai-chat", texts(2_048)],
    ["vllm", "openai-chat", texts(5_000)],
    ["ollama", "ollama", texts(5_000)],
    ["gemini", "gemini", texts(100)],
    ["openai", "openai-chat", Array(10_000).fill(1)],
  ])("not at %s where it fits, or where no limit is known", (vendor, upstream, input) => {
    expect(prepare("openai-chat", upstream, { model: "m", input }, { vendor, model: "m" }).split).toBeUndefined();
  });
});

test("the answers to the parts are one answer, in order, with the sum of the tokens", () => {
  const { split } = prepare(
    "openai-chat",
    "cohere",
    { model: "m", input: texts(97) },
    { vendor: "cohere", model: "m" },
  );
  const answers = [[[1], [2]], [[3]]].map((float, index) =>
    split!.parts[index]!.read!(
      { embeddings: { float }, meta: { billed_units: { input_tokens: 5 } } },
      new Uint8Array(),
    ),
  );
  expect(decode(split!.join(answers.map(({ bytes }) => bytes)))).toEqual({
    object: "list",
    data: [1, 2, 3].map((value, index) => ({ object: "embedding", index, embedding: [value] })),
    model: "m",
    usage: { prompt_tokens: 10, total_tokens: 10 },
  });
});

describe("clients of Gemini's API", () => {
  const one: JsonObject = {
    content: { parts: [{ text: "a dog" }] },
    taskType: "RETRIEVAL_DOCUMENT",
    title: "Dogs",
    outputDimensionality: 2,
  };
  const batch: JsonObject = { requests: [one, { ...one, content: { parts: [{ text: "a cat" }] }, title: "Cats" }] };

  test("at Gemini the bytes pass but for the model, one content as a batch of one", () => {
    const traits = { vendor: "gemini", model: "real" };
    const single = prepare("gemini", "gemini", { ...one, unknown: 1 }, traits);
    expect(new TextDecoder().decode(single.bytes)).toBe(
      `{"requests":[${JSON.stringify({ ...one, unknown: 1, model: "models/real" })}]}`,
    );
    const reply = { embeddings: [{ values: [0.5, 1], more: 1 }], usageMetadata: { promptTokenCount: 2 } };
    const read = single.read!(reply, new Uint8Array());
    expect(decode(read.bytes)).toEqual({
      embedding: { values: [0.5, 1], more: 1 },
      usageMetadata: { promptTokenCount: 2 },
    });
    expect(read.usage?.input).toBe(2);
    const many = prepare("gemini", "gemini", batch, traits);
    expect(decode(many.bytes)).toEqual({
      requests: (batch["requests"] as JsonObject[]).map((request) => ({ ...request, model: "models/real" })),
    });
    const received = encoder.encode("as it came");
    expect(many.read!(reply, received).bytes).toBe(received);
  });

  test.each<[upstream: string, model: string, body: JsonObject, warnings: string[]]>([
    ["openai-chat", "m", { model: "m", input: ["a dog", "a cat"], dimensions: 2 }, ["taskType", "title"]],
    [
      "cohere",
      "m",
      {
        model: "m",
        texts: ["a dog", "a cat"],
        input_type: "search_document",
        embedding_types: ["float"],
        output_dimension: 2,
      },
      ["title"],
    ],
    ["ollama", "m", { model: "m", input: ["a dog", "a cat"], dimensions: 2 }, ["taskType", "title"]],
    [
      "vertex-predict",
      "text-embedding-005",
      {
        instances: [
          { content: "a dog", task_type: "RETRIEVAL_DOCUMENT", title: "Dogs" },
          { content: "a cat", task_type: "RETRIEVAL_DOCUMENT", title: "Cats" },
        ],
        parameters: { outputDimensionality: 2 },
      },
      [],
    ],
  ])("at %s %s", (upstream, model, body, warnings) => {
    const prepared = prepare("gemini", upstream, batch, { vendor: "x", model });
    expect(decode(prepared.bytes)).toEqual(body);
    expect(prepared.warnings).toEqual(warnings);
  });

  test("Vertex AI's newer models are asked by :embedContent", () => {
    const model = "gemini-embedding-2";
    const prepared = prepare("gemini", "vertex-predict", one, { vendor: "vertex", model });
    expect(embeddings.requestPath("vertex-predict", model)).toBe(":embedContent");
    expect(decode(prepared.bytes)).toEqual({
      content: one["content"]!,
      embedContentConfig: { taskType: "RETRIEVAL_DOCUMENT", title: "Dogs", outputDimensionality: 2 },
    });
    const read = prepared.read!(
      { embedding: { values: [0.5] }, usageMetadata: { promptTokenCount: 3 } },
      new Uint8Array(),
    );
    expect(decode(read.bytes)).toEqual({
      embedding: { values: [0.5] },
      usageMetadata: { promptTokenCount: 3 },
    });
  });

  test("words of Google's that Cohere does not have are told", () => {
    const { bytes, warnings } = prepare(
      "gemini",
      "cohere",
      { content: one["content"]!, taskType: "SEMANTIC_SIMILARITY", autoTruncate: false },
      { vendor: "cohere", model: "m" },
    );
    expect(decode(bytes)["input_type"]).toBe("search_document");
    expect(warnings).toEqual(["taskType", "autoTruncate"]);
  });

  test.each<[what: string, body: JsonObject, param: string]>([
    ["an image", { content: { parts: [{ inlineData: { mimeType: "image/png", data: "" } }] } }, "content"],
    ["two purposes", { requests: [one, { ...one, taskType: "CLUSTERING" }] }, "requests"],
  ])("%s cannot be said to others, which is another target's chance", (_what, body, param) => {
    expect(() => prepare("gemini", "openai-chat", body, { vendor: "x", model: "m" })).toThrow(
      expect.objectContaining({ code: "invalid_request", param }),
    );
  });
});
