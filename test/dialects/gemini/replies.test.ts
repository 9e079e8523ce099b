/** Answers, streams and errors of Gemini's API, as recorded and as other dialects' answers are shown to its clients. */
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { collect, type ReplyEvent } from "../../../src/canonical/events.ts";
import { gemini } from "../../../src/dialects/gemini/gemini.ts";
import { eventsOf, joined, OPTIONS, piecesOf, textOf } from "../observe.ts";

const chunk = (candidate: JsonObject, more: JsonObject = {}) =>
  `data: ${JSON.stringify({ candidates: [candidate], responseId: "r", modelVersion: "g", ...more })}\n\n`;
const said = (text: string, finishReason?: string) =>
  chunk({ content: { parts: [{ text }], role: "model" }, ...(finishReason && { finishReason }) });
const read = (...frames: string[]) => {
  const pieces = piecesOf(gemini, [Buffer.from(frames.join(""))]);
  return { pieces, events: eventsOf(gemini, pieces), answer: collect(eventsOf(gemini, pieces)) };
};

describe("streams", () => {
  test("a finish in every chunk is told once, after all the text", () => {
    const { pieces, events, answer } = read(said("a", "STOP"), said("b", "STOP"));
    expect(textOf(answer.choices[0]!.message.content)).toBe("ab");
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
    expect(events.at(-1)!.type).toBe("finish");
    expect(pieces.at(-1)).toEqual({ mark: "finish", finish: { unified: "stop", raw: "STOP" } });
  });

  test("STOP after a function call means the call, also when it comes later", () => {
    const call = chunk({ content: { parts: [{ functionCall: { name: "f", args: {} } }] } });
    const { pieces, answer } = read(said("a"), call, said("", "STOP"));
    expect(answer.choices[0]!.finish).toEqual({ unified: "tool-calls", raw: "STOP" });
    expect(pieces.at(-1)!.finish?.unified).toBe("tool-calls");
    expect(answer.choices[0]!.message.content).toMatchObject([
      { type: "text", text: "a" },
      { type: "tool-call", id: "gemini_r_0", name: "f", arguments: "{}" },
    ]);
  });

  test.each([
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content-filter"],
    ["RECITATION", "content-filter"],
    ["PROHIBITED_CONTENT", "content-filter"],
    ["SPII", "content-filter"],
    ["MALFORMED_FUNCTION_CALL", "other"],
    ["SOMETHING_NEW", "other"],
  ] as const)("%s is %s", (raw, unified) => {
    const { answer } = read(chunk({ content: {}, finishReason: raw }));
    expect(answer.choices[0]!.finish).toEqual({ unified, raw });
  });

  test("comments, on which Google's SDKs break, and broken JSON do not pass", () => {
    const { pieces } = read(": ping\n\n", said("a"), ": ping\n\n", 'data: {"cand\n\n', said("b", "STOP"));
    expect(Buffer.from(joined(pieces)).toString()).toBe(said("a") + said("b", "STOP"));
    expect(pieces.some(({ failure }) => failure)).toBe(false);
  });

  test.each([
    ["a chunk", 'data: {"error":{"code":503,"message":"Overloaded.","status":"UNAVAILABLE"}}\n\n', "overloaded"],
    ["bare JSON", '{\n  "error": {"code": 499, "message": "Cancelled.", "status": "CANCELLED"}\n}\n\n', "server"],
    [
      "a bare list",
      '[{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED"}}]\n\n',
      "rate_limited",
    ],
  ])("an error as %s ends it, whatever finish was told before", (_, frame, failureClass) => {
    const { pieces, events } = read(said("a", "STOP"), frame, said("b", "STOP"));
    expect(pieces.at(-1)!.failure?.class as string).toBe(failureClass);
    expect(pieces.filter(({ failure }) => failure)).toHaveLength(1);
    expect(events.some(({ type }) => type === "finish")).toBe(false);
    expect(Buffer.from(joined(pieces)).toString()).not.toContain('"b"');
  });

  test("one that is cut tells what came so far cost", () => {
    const usage = (candidatesTokenCount: number) => ({
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount, totalTokenCount: 5 + candidatesTokenCount },
    });
    const part = (text: string, count: number) => chunk({ content: { parts: [{ text }] } }, usage(count));
    const reader = gemini.frameReader();
    for (const frame of [part("a", 1), part("b", 2), part("c", 3)]) reader.push(Buffer.from(frame));
    expect(reader.end()).toMatchObject([{ failure: { class: "truncated" }, usage: { input: 5, output: 3 } }]);
  });

  test("a refused prompt is the provider's reason", () => {
    const feedback = { blockReason: "SAFETY", safetyRatings: [{ category: "HATE", probability: "HIGH" }] };
    const { pieces } = read(`data: ${JSON.stringify({ promptFeedback: feedback })}\n\n`);
    expect(pieces[0]!.failure).toMatchObject({ class: "content_filter", upstreamCode: "SAFETY" });
    expect(pieces[0]!.failure!.message).toContain("SAFETY (HATE)");
    expect(() => gemini.parseReply({ promptFeedback: feedback })).toThrow(/blocked/);
  });

  test("JSON that is nothing of this API is malformed, not cut", () => {
    expect(read('data: {"this":["is"]}\n\n').pieces.at(-1)!.failure?.class).toBe("malformed");
  });
});

describe("usage", () => {
  const usageOf = (usageMetadata: JsonObject) =>
    gemini.parseReply({ candidates: [{ content: { parts: [{ text: "a" }] }, finishReason: "STOP" }], usageMetadata })
      .usage;
  const none = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
  test.each<[string, JsonObject, object]>([
    [
      "cached tokens are inside the prompt, thoughts beside the candidates",
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        candidatesTokenCount: 7,
        thoughtsTokenCount: 30,
        totalTokenCount: 137,
      },
      { ...none, input: 40, cacheRead: 60, output: 7, reasoning: 30 },
    ],
    [
      "thoughts inside the candidates, as the total shows",
      { promptTokenCount: 10, candidatesTokenCount: 37, thoughtsTokenCount: 30, totalTokenCount: 47 },
      { ...none, input: 10, output: 7, reasoning: 30 },
    ],
    [
      "results of Google's tools are input",
      { promptTokenCount: 10, toolUsePromptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 17 },
      { ...none, input: 15, output: 2 },
    ],
    [
      "audio apart, in and out",
      {
        promptTokenCount: 30,
        candidatesTokenCount: 25,
        totalTokenCount: 55,
        promptTokensDetails: [{ modality: "AUDIO", tokenCount: 20 }],
        candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 25 }],
      },
      { ...none, input: 10, audioInput: 20, audioOutput: 25 },
    ],
  ])("%s", (_, wire, expected) => {
    const usage = usageOf(wire);
    expect(usage).toEqual(expected as never);
    const shown = gemini.formatReply({ id: "r", model: "m", choices: [], usage: usage! }, OPTIONS)[
      "usageMetadata"
    ] as JsonObject;
    expect(shown["totalTokenCount"]).toBe(wire["totalTokenCount"]!);
    expect(shown["cachedContentTokenCount"]).toEqual(wire["cachedContentTokenCount"]!);
  });
});

describe("other makers' answers", () => {
  const events: ReplyEvent[] = [
    { type: "start", id: "msg_1", model: "claude" },
    { type: "reasoning", choice: 0, part: 0, text: "Hm." },
    { type: "signature", choice: 0, part: 0, signature: { origin: "anthropic", value: "sig+/=" } },
    { type: "redacted-reasoning", choice: 0, part: 1, data: { origin: "anthropic", value: "blob" } },
    { type: "tool-call", choice: 0, part: 2, id: "toolu_1", name: "f" },
    { type: "tool-call", choice: 0, part: 3, id: "toolu_2", name: "g" },
    { type: "arguments", choice: 0, part: 3, json: '{"b":' },
    { type: "arguments", choice: 0, part: 2, json: '{"a":1}' },
    { type: "arguments", choice: 0, part: 3, json: "2}" },
    { type: "usage", usage: { input: 1, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 0, output: 4, reasoning: 5 } },
    { type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "tool_use" } },
  ];

  test("stream as whole calls, with signatures that are base64 and come back", () => {
    const writer = gemini.frameWriter(OPTIONS);
    const wire = Buffer.concat([...events.map((event) => writer.write([event])), writer.end()]).toString();
    const signatures = [...wire.matchAll(/"thoughtSignature":"([^"]+)"/g)].map((match) => match[1]!);
    expect(signatures).toHaveLength(2);
    for (const signature of signatures) expect(signature).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const { answer } = read(wire);
    expect(answer.choices[0]!.message.content).toEqual([
      { type: "reasoning", text: "Hm.", signature: { origin: "anthropic", value: "sig+/=" } },
      { type: "reasoning", text: "", redacted: { origin: "anthropic", value: "blob" } },
      { type: "tool-call", id: "toolu_1", name: "f", arguments: '{"a":1}' },
      { type: "tool-call", id: "toolu_2", name: "g", arguments: '{"b":2}' },
    ]);
    expect(answer.choices[0]!.finish.unified).toBe("tool-calls");
    expect(answer.usage).toMatchObject({ input: 4, cacheRead: 2, output: 4, reasoning: 5 });
  });

  test("arguments that were cut stay whole under one key", () => {
    const writer = gemini.frameWriter(OPTIONS);
    const cut: ReplyEvent[] = [...events.slice(0, 1), ...events.slice(4, 7)];
    const wire = Buffer.concat([writer.write(cut), writer.end()]).toString();
    expect(wire).toContain('{"arguments":"{\\"b\\":"}');
  });

  test("sources become grounding, counted in bytes", () => {
    const text = "Perú, sí.";
    const citation = { kind: "url", url: "https://h.example", title: "H", start: 6, end: 8, of: "answer" } as const;
    const content = [{ type: "text" as const, text, citations: [citation] }];
    const finish = { unified: "stop", raw: "stop" } as const;
    const body = gemini.formatReply(
      { id: "r", model: "m", choices: [{ index: 0, message: { role: "assistant", content }, finish }] },
      OPTIONS,
    );
    expect((body["candidates"] as JsonObject[])[0]!["groundingMetadata"]).toEqual({
      groundingChunks: [{ web: { uri: "https://h.example", title: "H" } }],
      groundingSupports: [{ segment: { startIndex: 7, endIndex: 10, text: "sí" }, groundingChunkIndices: [0] }],
    });
    const [part] = gemini.parseReply(body).choices[0]!.message.content as unknown as { citations: object[] }[];
    expect(part!.citations).toMatchObject([{ url: "https://h.example", start: 6, end: 8, citedText: "sí" }]);
  });
});

test("a list of chunks, which is a stream without alt=sse, is one answer", () => {
  const one = (text: string, more: JsonObject = {}) => ({ candidates: [{ content: { parts: [{ text }] }, ...more }] });
  const answer = gemini.parseReply([one("a"), one("b", { finishReason: "STOP" })]);
  expect(textOf(answer.choices[0]!.message.content)).toBe("ab");
});

describe("errors", () => {
  const error = (code: number, message: string, status: string, details?: JsonObject[]) =>
    JSON.stringify({ error: { code, message, status, ...(details && { details }) } });
  const quota = (quotaId: string) => [
    { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] },
  ];
  const QUOTA = "You exceeded your current quota, please check your plan and billing details.";
  test.each<[number, string, string]>([
    [400, error(400, "API key not valid.", "INVALID_ARGUMENT", [{ reason: "API_KEY_INVALID" }]), "auth"],
    [400, error(400, "API key expired. Please renew the API key.", "INVALID_ARGUMENT"), "auth"],
    [
      429,
      error(429, QUOTA, "RESOURCE_EXHAUSTED", quota("GenerateRequestsPerDayPerProjectPerModel")),
      "quota_exhausted",
    ],
    [429, error(429, QUOTA, "RESOURCE_EXHAUSTED", quota("GenerateRequestsPerMinutePerProject")), "rate_limited"],
    [429, `[${error(429, QUOTA, "RESOURCE_EXHAUSTED")}]`, "rate_limited"],
    [429, error(429, "Your prepayment credits are depleted.", "RESOURCE_EXHAUSTED"), "quota_exhausted"],
    [
      400,
      error(
        400,
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "INVALID_ARGUMENT",
      ),
      "context_length",
    ],
    [404, error(404, "models/x is not found for API version v1beta", "NOT_FOUND"), "model_not_found"],
    [404, error(404, "CachedContent not found", "NOT_FOUND"), "invalid"],
    [400, error(400, "Penalty is not enabled for this model", "INVALID_ARGUMENT"), "unsupported"],
    [
      400,
      error(400, 'Invalid JSON payload received. Unknown name "x": Cannot find field.', "INVALID_ARGUMENT"),
      "unsupported",
    ],
    [400, error(400, "Unable to submit request: the prompt was blocked.", "INVALID_ARGUMENT"), "content_filter"],
    [
      400,
      error(400, "Unable to submit request because it has a temperature value of 1000", "INVALID_ARGUMENT"),
      "invalid",
    ],
    [503, error(503, "The model is overloaded.", "UNAVAILABLE"), "overloaded"],
  ])("%d %s is %s", (status, body, expected) =>
    expect(gemini.parseError(status, new Headers(), body).class as string).toBe(expected),
  );

  test.each([
    ["invalid_request", 400, "INVALID_ARGUMENT"],
    ["invalid_api_key", 401, "UNAUTHENTICATED"],
    ["budget_exceeded", 402, "RESOURCE_EXHAUSTED"],
    ["model_not_allowed", 403, "PERMISSION_DENIED"],
    ["model_not_found", 404, "NOT_FOUND"],
    ["rate_limited", 429, "RESOURCE_EXHAUSTED"],
    ["internal", 500, "INTERNAL"],
    ["upstream_error", 502, "INTERNAL"],
    ["no_target", 503, "UNAVAILABLE"],
    ["upstream_timeout", 504, "DEADLINE_EXCEEDED"],
  ] as const)("%s is shown as %d %s", (code, status, name) => {
    const view = { error: new GatewayError(code, "Why.", { retryAfterMs: 1_500 }), requestId: "req-1", attempts: [] };
    expect(gemini.formatError(view)).toMatchObject({
      error: {
        code: status,
        message: "Why.",
        status: name,
        details: [{ reason: code.toUpperCase() }, { retryDelay: "2s" }],
      },
    });
  });
});
