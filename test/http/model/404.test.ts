import { afterAll, beforeAll, expect, test } from "bun:test";
import { KEY, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());
const AUTH = { authorization: `Bearer ${KEY}` };

test("names the nearest", async () => {
  const response = await gateway.get("/v1/models/fest", AUTH);
  expect(response.status).toBe(404);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "model_not_found", param: "model" });
  expect(error.message).toContain('"fast"');
});

test.each(["/v1/models/secret/model", "/v1/models/secret/mode"])(
  "%s: a model the key may not use is not shown",
  async (path) => {
    const response = await gateway.get(path, AUTH);
    expect(response.status).toBe(404);
    expect((await response.json()).error.message).not.toContain("Did you mean");
  },
);

test.each(["/v1/models/", "/v1/models/%zz", "/v1/models/openai%252Fgpt-4o", "/v1/models/a%00b"])(
  "%s is decoded once and unknown",
  async (path) => {
    expect((await gateway.get(path, AUTH)).status).toBe(404);
  },
);
