import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CHAT_REQUEST, KEY, type StandIn, standIn } from "../stand-in.ts";

const PATH = "/v1/chat/completions";
let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

describe("the body", () => {
  test.each([
    ["empty", "", "empty"],
    ["no JSON", '{"model": nope}', "position 10"],
    ["two lines", '{\n  "a": 1,\n}', "line 3, column 1"],
    ["cut", '{"model": "fast", "messages": [', "ends too early"],
    ["an array", "[]", "JSON object"],
    ["a string", '"x"', "JSON object"],
    ["null", "null", "JSON object"],
  ])("%s", async (_, body, message) => {
    const response = await gateway.post(PATH, body);
    expect(response.status).toBe(400);
    const { error } = await response.json();
    expect(error).toMatchObject({ code: "invalid_request", type: "invalid_request_error", source: "client" });
    expect(error.message).toContain(message);
    expect(error.request_id).toBe(response.headers.get("x-evergate-request-id"));
  });

  test("with a key twice, however it is written, could pass an allow-list with one and go up with the other", async () => {
    const response = await gateway.post(PATH, '{"model":"fast","messages":[],"mod\\u0065l":"dear"}');
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatchObject({ param: "model" });
  });

  test("nested too deep", async () => {
    const response = await gateway.post(PATH, `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`);
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toContain("deeper");
  });

  test("that is not UTF-8", async () => {
    const body = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const head = `POST ${PATH} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\n`;
    const text = await gateway.raw(
      Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]),
      /\}\}/,
    );
    expect(text).toStartWith("HTTP/1.1 400");
    expect(text).toContain("UTF-8");
  });

  test.each([
    [{ model: "fast" }, "messages"],
    [{ ...CHAT_REQUEST, messages: [] }, "messages"],
    [{ ...CHAT_REQUEST, stream: "yes" }, "stream"],
    [{ messages: CHAT_REQUEST.messages }, "model"],
  ])("%j names %s", async (body, param) => {
    const response = await gateway.post(PATH, body);
    expect(response.status).toBe(400);
    expect((await response.json()).error.param).toBe(param);
  });
});

describe("a header that is wrong is refused by name", () => {
  test.each([
    ["x-evergate-cache", "on"],
    ["x-evergate-fallback", "maybe"],
    ["x-evergate-continuation", "yes"],
    ["x-evergate-explain", "true"],
    ["x-evergate-timeout-ms", "soon"],
    ["x-evergate-timeout-ms", "0"],
    ["x-evergate-timeout-ms", "-1"],
    ["x-evergate-timeout-ms", "1.5"],
    ["x-evergate-timeout-ms", "86400001"],
    ["x-evergate-user", "u".repeat(257)],
    ["x-evergate-session", ""],
    ["x-evergate-tags", "a"],
    ["x-evergate-tags", "=b"],
    ["x-evergate-tags", "a=1,a=2"],
    ["x-evergate-tags", Array.from({ length: 33 }, (_, i) => `t${i}=1`).join(",")],
    ["idempotency-key", "k".repeat(256)],
  ])("%s: %s", async (name, value) => {
    const response = await gateway.post(PATH, CHAT_REQUEST, { [name]: value });
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatchObject({ code: "invalid_request", param: name });
  });
});

test("headers that are right reach the pipeline", async () => {
  await gateway.post(PATH, CHAT_REQUEST, {
    "x-evergate-cache": "only",
    "x-evergate-fallback": "off",
    "x-evergate-continuation": "resume",
    "x-evergate-timeout-ms": "1500",
    "x-evergate-user": "ann",
    "x-evergate-session": "s1",
    "x-evergate-tags": "team=a, x=y=z",
    "x-evergate-explain": "1",
    "idempotency-key": "k1",
    "openai-beta": "assistants=v2",
    "x-custom": "kept",
    cookie: "session=secret",
  });
  const incoming = gateway.calls.at(-1)!;
  expect(incoming.options()).toEqual({
    cache: "only",
    fallback: false,
    continuation: "resume",
    timeoutMs: 1_500,
    user: "ann",
    session: "s1",
    tags: { team: "a", x: "y=z" },
    explain: true,
    idempotencyKey: "k1",
  });
  expect(incoming.headers).toMatchObject({ "openai-beta": "assistants=v2", "x-custom": "kept" });
  for (const name of ["authorization", "cookie", "host", "content-length", "x-evergate-user"])
    expect(incoming.headers[name]).toBeUndefined();
  expect(incoming.remoteAddress).toBe("127.0.0.1");
  expect(incoming.path).toBe(PATH);
});

describe("framing", () => {
  const head = `POST ${PATH} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\n`;

  test("two different Content-Length are refused before any handler", async () => {
    const text = await gateway.raw(`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`);
    expect(text).toStartWith("HTTP/1.1 400");
  });

  test("two equal Content-Length are refused too", async () => {
    const text = await gateway.raw(`${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`, /\}\}/);
    expect(text).toStartWith("HTTP/1.1 400");
    expect(text).toContain('"param":"content-length"');
  });

  test("Content-Length beside chunks is refused", async () => {
    const text = await gateway.raw(
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    );
    expect(text).toStartWith("HTTP/1.1 400");
  });

  test.each(["a/../admin", "a\\admin", "user@host", "a b", ""])("a Host header that is no host: %j", async (host) => {
    const text = await gateway.raw(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\n\r\n`, /\}\}/);
    expect(text).toStartWith("HTTP/1.1 400");
    expect(text).toContain('"param":"host"');
  });
});
