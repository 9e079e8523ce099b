import { afterAll, beforeAll, expect, test } from "bun:test";
import { CHAT_REQUEST, KEY, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"])(
  "%s",
  async (type) => {
    const response = await gateway.post("/v1/chat/completions", CHAT_REQUEST, { "content-type": type });
    expect(response.status).toBe(415);
    expect((await response.json()).error).toMatchObject({ code: "unsupported_media_type", source: "client" });
  },
);

test("no content-type: a foreign page could send that without a preflight", async () => {
  const body = JSON.stringify(CHAT_REQUEST);
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n`;
  const text = await gateway.raw(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, /\}\}/);
  expect(text).toStartWith("HTTP/1.1 415");
});

test.each(["gzip", "br", "deflate, gzip"])("compressed: %s", async (encoding) => {
  const response = await gateway.post("/v1/chat/completions", CHAT_REQUEST, { "content-encoding": encoding });
  expect(response.status).toBe(415);
});

test.each([
  [{ "content-type": "application/json; charset=utf-8" }],
  [{ "content-type": "Application/JSON" }],
  [{ "content-type": "application/vnd.api+json" }],
  [{ "content-encoding": "identity" }],
])("accepted: %j", async (headers) => {
  expect((await gateway.post("/v1/chat/completions", CHAT_REQUEST, headers as Record<string, string>)).status).toBe(
    200,
  );
});
