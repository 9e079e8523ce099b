import { afterEach, expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { CHAT_REQUEST, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test.each([false, true])("is JSON in the dialect's envelope, stream: %p", async (stream) => {
  gateway = standIn({
    answer() {
      throw new GatewayError("conflict", "Because.", { param: "model" });
    },
  });
  const response = await gateway.post("/v1/chat/completions", { ...CHAT_REQUEST, stream });
  expect(response.status).toBe(409);
  expect(response.headers.get("content-type")).toBe("application/json");
  // No upstream was asked, so an SDK may decide for itself.
  expect(response.headers.has("x-should-retry")).toBe(false);
  expect((await response.json()).error).toMatchObject({
    message: "Because.",
    type: "invalid_request_error",
    code: "conflict",
    param: "model",
    source: "client",
    attempts: [],
  });
  expect(gateway.closed.map(({ outcome }) => outcome)).toMatchObject([{ ok: false, code: "conflict", status: 409 }]);
  expect(gateway.server.inFlight()).toBe(0);
});
