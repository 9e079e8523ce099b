import { describe, expect, test } from "bun:test";
import {
  formFields,
  inspectSpeech,
  inspectTranscription,
  speech,
  transcriptions,
} from "../../../src/dialects/operations/audio.ts";
import { boundaryOf, formParts } from "../../../src/dialects/operations/multipart.ts";

const TRAITS = { model: "real-model", vendor: "x" };

/** Bytes that look like a form inside of the file. */
const FILE = new Uint8Array([0, 255, 13, 10, 45, 45, 120, 13, 10, 13, 10, 0]);

async function formOf(fields: [string, string | Blob][]) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const response = new Response(form);
  return { contentType: response.headers.get("content-type")!, bytes: new Uint8Array(await response.arrayBuffer()) };
}

const read = (bytes: Uint8Array, contentType: string) =>
  new Response(bytes as BodyInit, { headers: { "content-type": contentType } }).formData();

test("a form goes on with another model and the same file", async () => {
  const { bytes, contentType } = await formOf([
    ["file", new File([FILE], "speech.mp3", { type: "audio/mpeg" })],
    ["model", "public"],
    ["timestamp_granularities[]", "word"],
    ["timestamp_granularities[]", "segment"],
  ]);
  const json = formFields(bytes, contentType);
  expect(json).toEqual({ file: "speech.mp3", model: "public", "timestamp_granularities[]": ["word", "segment"] });
  const wire = transcriptions.wire("openai-chat", "openai-chat")!;
  const prepared = wire.prepare({ bytes, json, contentType }, TRAITS);
  expect(prepared.contentType).toBe(contentType);
  expect(prepared.read).toBeUndefined();
  const form = await read(prepared.bytes, contentType);
  expect(form.get("model")).toBe("real-model");
  expect(form.getAll("timestamp_granularities[]")).toEqual(["word", "segment"]);
  expect(new Uint8Array(await (form.get("file") as File).arrayBuffer())).toEqual(FILE);
});

test("a field twice is refused, for one of the two has passed the allow-list", async () => {
  const { bytes, contentType } = await formOf([
    ["model", "allowed"],
    ["model", "forbidden"],
  ]);
  expect(() => formFields(bytes, contentType)).toThrow(
    expect.objectContaining({ code: "invalid_request", param: "model" }),
  );
});

describe("broken forms", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  test.each([
    ["no end", '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'],
    ["no name", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"],
    ["no headers", "--b\r\nx\r\n--b--\r\n"],
    ["no boundary", "nothing"],
    ["nothing", ""],
  ])("%s", (_what, text) => {
    expect(formParts(encode(text), "b")).toBeUndefined();
    expect(() => formFields(encode(text), "multipart/form-data; boundary=b")).toThrow();
  });
  test("an empty form has no parts", () => expect(formParts(encode("--b--\r\n"), "b")).toEqual([]));
  test.each<[string | undefined, string | undefined]>([
    ['multipart/form-data; boundary="a b"', "a b"],
    ["multipart/form-data; boundary=ab; charset=x", "ab"],
    ["multipart/form-data", undefined],
    ["multipart/mixed; boundary=ab", undefined],
    [undefined, undefined],
  ])("%p has the boundary %p", (type, boundary) => expect(boundaryOf(type)).toBe(boundary as string));
});

test("speech passes but for the model, and its answer is not read", () => {
  const json = { model: "public", input: "Hi", voice: "alloy" };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const prepared = speech.wire("openai-chat", "openai-chat")!.prepare({ bytes, json }, TRAITS);
  expect(new TextDecoder().decode(prepared.bytes)).toBe(JSON.stringify({ ...json, model: "real-model" }));
  expect(prepared.read).toBeUndefined();
  expect(speech.wire("openai-chat", "gemini")).toBeUndefined();
});

test("what the gateway itself asks for", () => {
  expect(() => inspectSpeech({ model: "m" })).toThrow(expect.objectContaining({ param: "input" }));
  expect(() => inspectTranscription({ model: "m" })).toThrow(expect.objectContaining({ param: "file" }));
  expect(() => inspectTranscription({ file: "f" })).toThrow(expect.objectContaining({ param: "model" }));
});
