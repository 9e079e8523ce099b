import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each(["/v1beta/models/fast", "/v1beta/models/fast:unknown", "/v1beta/models/:generateContent", "/v1beta/other"])(
  "%s is nothing, in Google's words",
  async (path) => {
    const response = await gateway.post(path, { contents: [{ parts: [{ text: "Hello" }] }] });
    expect(response.status).toBe(404);
    expect((await response.json()).error).toMatchObject({ code: 404, status: "NOT_FOUND" });
  },
);
