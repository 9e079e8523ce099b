import { afterAll, beforeAll, expect, test } from "bun:test";
import { KEY, type StandIn, standIn, wholeReply } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn({ answer: () => wholeReply("gemini", '{"candidates":[]}') });
});
afterAll(() => gateway.stop());

const send = (headers: Record<string, string>, query = "") =>
  fetch(gateway.url(`/v1beta/models/fast:generateContent${query}`), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ contents: [{ parts: [{ text: "Hello" }] }] }),
  });

test.each([{}, { "x-goog-api-key": "eg_wrong" }, { authorization: "Bearer eg_wrong" }])(
  "refused: %j",
  async (headers) => {
    const response = await send(headers as Record<string, string>);
    expect(response.status).toBe(401);
    const { error } = await response.json();
    expect(error).toMatchObject({ code: 401, status: "UNAUTHENTICATED", details: [{ reason: "INVALID_API_KEY" }] });
  },
);

test.each([
  ["x-goog-api-key", KEY],
  ["authorization", `Bearer ${KEY}`],
])("accepted: %s", async (name, value) => {
  expect((await send({ [name]: value })).status).toBe(200);
});

test("a key in the URL is not read, and the answer says where it belongs", async () => {
  const response = await send({}, `?key=${KEY}`);
  expect(response.status).toBe(401);
  const text = await response.text();
  expect(JSON.parse(text).error.message).toContain("x-goog-api-key");
  expect(text).not.toContain(KEY);
  expect((await send({ "x-goog-api-key": KEY }, "?key=other")).status).toBe(200);
});
