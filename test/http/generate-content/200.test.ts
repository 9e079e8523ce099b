import { afterEach, describe, expect, test } from "bun:test";
import { dataOf, EVENTS, eventReply, frameReply, replyOf, type StandIn, standIn, wholeReply } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

const REQUEST = { contents: [{ role: "user", parts: [{ text: "Hello" }] }] };
const ONE = "/v1beta/models/fast:generateContent";
const STREAM = "/v1beta/models/fast:streamGenerateContent";
const FRAMES = ["Hi", "."].map(
  (text) => `data: {"candidates":[{"content":{"parts":[{"text":"${text}"}]}}], "x":1.0}\n\n`,
);

test.each([
  ["/v1beta/models/fast:generateContent", "fast"],
  ["/gemini/v1beta/models/openai/gpt-4o:generateContent", "openai/gpt-4o"],
  ["/v1beta/models/openai%2Fgpt-4o%3AgenerateContent", "openai/gpt-4o"],
  ["/v1/models/ollama/llama3:8b:generateContent", "ollama/llama3:8b"],
  ["/gemini/v1/models/fast:generateContent", "fast"],
])("%s asks for %s and passes Gemini's bytes", async (path, model) => {
  let asked: string | undefined;
  gateway = standIn({
    answer: (_incoming, _record, body) => {
      asked = `${body.facts.model} ${body.chat().model} ${body.facts.stream}`;
      return wholeReply("gemini", '{"candidates":[] , "x":1.0}');
    },
  });
  const response = await gateway.post(path, REQUEST);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('{"candidates":[] , "x":1.0}');
  expect(asked).toBe(`${model} ${model} false`);
});

test.each(["whole", "stream"] as const)("a %s reply of another dialect is written as a candidate", async (form) => {
  gateway = standIn({ answer: () => eventReply(form) });
  expect(await (await gateway.post(ONE, REQUEST)).json()).toMatchObject({
    candidates: [{ content: { role: "model", parts: [{ text: "Hi." }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
    responseId: "chatcmpl-7",
  });
});

describe("a stream", () => {
  test("of events goes out as received", async () => {
    gateway = standIn({ answer: () => frameReply(FRAMES, "gemini") });
    const response = await gateway.post(`${STREAM}?alt=sse`, REQUEST);
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    expect(await response.text()).toBe(FRAMES.join(""));
  });

  test.each(["", "?alt=json", "?prettyPrint=false"])("with %p is one list of the same chunks", async (query) => {
    gateway = standIn({ answer: () => frameReply(FRAMES, "gemini") });
    const response = await gateway.post(STREAM + query, REQUEST);
    expect(response.headers.get("content-type")).toBe("application/json");
    const text = await response.text();
    for (const frame of FRAMES) expect(text).toContain(frame.slice("data: ".length).trimEnd());
    expect(JSON.parse(text)).toHaveLength(2);
  });

  test("of another dialect has its finish and usage in the last chunk, and tells no seam", async () => {
    const seam = { from: "a/m", to: "b/m", sent: [] };
    const pieces = EVENTS.map((event, index) => ({
      mark: "content" as const,
      events: [event],
      ...(index === 2 && { seam }),
    }));
    gateway = standIn({ answer: () => replyOf("other", "stream", pieces) });
    const text = await (await gateway.post(`${STREAM}?alt=sse`, REQUEST)).text();
    expect(text).not.toContain(": failover");
    const chunks = dataOf(text).map((data) => JSON.parse(data));
    expect(chunks.map((chunk) => chunk.candidates[0].content.parts[0].text)).toEqual(["Hi", ".", ""]);
    expect(chunks.map((chunk) => chunk.candidates[0].finishReason)).toEqual([undefined, undefined, "STOP"]);
    expect(chunks[2].usageMetadata.totalTokenCount).toBe(7);
  });

  test.each(["?alt=sse", ""])("that breaks ends with %p in Google's error", async (query) => {
    const failure = { class: "connection", message: "It broke." } as const;
    const content = { mark: "content" as const, bytes: Buffer.from(FRAMES[0]!) };
    gateway = standIn({ answer: () => replyOf("gemini", "stream", [content, { mark: "error", failure }]) });
    const text = await (await gateway.post(STREAM + query, REQUEST)).text();
    const chunks = query === "" ? JSON.parse(text) : dataOf(text).map((data) => JSON.parse(data));
    expect(chunks).toHaveLength(2);
    expect(chunks[1]).toMatchObject({
      error: { code: 502, status: "INTERNAL", message: expect.stringContaining("broke") },
    });
  });
});
