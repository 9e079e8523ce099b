import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test("posting to the list is refused in OpenAI's envelope", async () => {
  const response = await gateway.post("/v1/models", {});
  expect(response.status).toBe(405);
  expect((await response.json()).error).toMatchObject({ code: "method_not_allowed", source: "client" });
});
