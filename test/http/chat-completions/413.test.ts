import { afterAll, beforeAll, expect, test } from "bun:test";
import { CHAT_REQUEST, KEY, type StandIn, standIn } from "../stand-in.ts";

const LIMIT = 1_000;
const HEAD = `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\n`;
let gateway: StandIn;
beforeAll(() => {
  gateway = standIn({ settings: { maxBodyBytes: LIMIT } });
});
afterAll(() => gateway.stop());

function padded(bytes: number): string {
  const json = JSON.stringify({ ...CHAT_REQUEST, pad: "" });
  return json.replace('"pad":""', `"pad":"${"x".repeat(bytes - json.length)}"`);
}

test("the bound is exact", async () => {
  expect((await gateway.post("/v1/chat/completions", padded(LIMIT))).status).toBe(200);
  const refused = await gateway.post("/v1/chat/completions", padded(LIMIT + 1));
  expect(refused.status).toBe(413);
  expect((await refused.json()).error).toMatchObject({ code: "request_too_large", source: "client" });
});

test("a declared size is refused before the body is sent", async () => {
  // 200 GB are announced and none of them sent: an answer at all means that nothing was waited for.
  const text = await gateway.raw(`${HEAD}Content-Length: 200000000000\r\n\r\n`);
  expect(text).toStartWith("HTTP/1.1 413");
  expect(text.toLowerCase()).toContain("connection: close");
  expect(text).toContain("request_too_large");
});

test("a body in chunks is cut where it crosses the bound", async () => {
  const chunk = `${(600).toString(16)}\r\n${"x".repeat(600)}\r\n`;
  // The last chunk is never sent.
  const text = await gateway.raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`);
  expect(text).toStartWith("HTTP/1.1 413");
  expect(text).toContain("request_too_large");
});

test("a body in chunks within the bound is read whole", async () => {
  const body = JSON.stringify(CHAT_REQUEST);
  const chunks = [body.slice(0, 10), body.slice(10)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
  const text = await gateway.raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`, /\}\}$/);
  expect(text).toStartWith("HTTP/1.1 200");
});
