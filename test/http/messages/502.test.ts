import { afterEach, expect, test } from "bun:test";
import { MESSAGES_REQUEST, replyOf, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test("a stream that breaks after content ends with Anthropic's error event, not with message_stop", async () => {
  const bytes = new TextEncoder().encode('event: ping\ndata: {"type":"ping"}\n\n');
  const failure = { class: "truncated" as const, message: "the upstream closed the connection" };
  gateway = standIn({
    answer: () =>
      replyOf("anthropic-messages", "stream", [
        { mark: "content", bytes },
        { mark: "error", failure },
      ]),
  });
  const text = await (await gateway.post("/v1/messages", { ...MESSAGES_REQUEST, stream: true })).text();
  expect(text).toContain("event: error\n");
  expect(text).not.toContain("message_stop");
});
