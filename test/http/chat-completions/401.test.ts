import { afterAll, beforeAll, expect, test } from "bun:test";
import { CHAT_REQUEST, KEY, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

const send = (headers: Record<string, string | undefined>) =>
  fetch(gateway.url("/v1/chat/completions"), {
    method: "POST",
    headers: { "content-type": "application/json", ...(headers as Record<string, string>) },
    body: JSON.stringify(CHAT_REQUEST),
  });

test.each([
  {},
  { authorization: "Bearer eg_wrong" },
  { authorization: `Basic ${KEY}` },
  { authorization: KEY },
  { authorization: "Bearer " },
  { "x-api-key": "eg_wrong" },
])("refused: %j", async (headers) => {
  const response = await send(headers);
  expect(response.status).toBe(401);
  expect((await response.json()).error).toMatchObject({ code: "invalid_api_key", type: "authentication_error" });
});

test.each([
  { authorization: `Bearer ${KEY}` },
  { authorization: `bearer ${KEY}` },
  { "x-api-key": KEY },
  { "api-key": KEY },
  { "x-goog-api-key": KEY },
  { authorization: "Basic other", "x-api-key": KEY },
])("accepted: %j", async (headers) => {
  expect((await send(headers)).status).toBe(200);
});

test("Authorization wins over the other headers", async () => {
  expect((await send({ authorization: "Bearer eg_wrong", "x-api-key": KEY })).status).toBe(401);
});
