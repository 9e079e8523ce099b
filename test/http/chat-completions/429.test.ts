import { afterEach, expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { CHAT_REQUEST, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test.each([
  [1, "1"],
  [1_000, "1"],
  [1_001, "2"],
  [30_000, "30"],
])("retry-after is rounded up: %d ms", async (retryAfterMs, header) => {
  gateway = standIn({
    answer() {
      throw new GatewayError("rate_limited", "Slow down.", { retryAfterMs });
    },
  });
  const response = await gateway.post("/v1/chat/completions", CHAT_REQUEST);
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe(header);
  expect((await response.json()).error).toMatchObject({
    type: "rate_limit_error",
    code: "rate_limited",
    source: "gateway",
  });
});
