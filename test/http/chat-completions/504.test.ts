import { afterEach, expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { CHAT_REQUEST, replyOf, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test.each([false, true])("after the gateway's own retries an SDK is told not to retry, stream: %p", async (stream) => {
  gateway = standIn({
    answer(_, record) {
      record.attempts = [
        {
          target: "a/m",
          provider: "a",
          model: "m",
          key: "k",
          kind: "first",
          startMs: 0,
          totalMs: 12.5,
          outcome: "failed",
          status: 500,
          class: "timeout",
          reason: "timeout",
        },
      ];
      throw new GatewayError("upstream_timeout", "Every target failed.");
    },
  });
  const response = await gateway.post("/v1/chat/completions", { ...CHAT_REQUEST, stream });
  expect(response.status).toBe(504);
  expect(response.headers.get("x-should-retry")).toBe("false");
  expect(response.headers.get("x-evergate-attempts")).toBe("1");
  expect(response.headers.get("x-evergate-failover")).toBe("a/m=timeout");
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "upstream_timeout", type: "server_error", source: "upstream" });
  expect(error.attempts).toHaveLength(1);
  expect(error.attempts[0]).toMatchObject({ target: "a/m" });
});

test.each([false, true])("a reply that fails before anything was sent is a status, stream: %p", async (stream) => {
  const failure = { class: "timeout" as const, message: "it broke" };
  const reply = replyOf("openai-chat", "stream", [{ mark: "error", failure }]);
  gateway = standIn({ answer: () => reply });
  const response = await gateway.post("/v1/chat/completions", { ...CHAT_REQUEST, stream });
  expect(response.status).toBe(504);
  expect((await response.json()).error.code).toBe("upstream_timeout");
  expect(reply.returned()).toBe(1);
  expect(gateway.settled).toEqual(["upstream_timeout"]);
});
