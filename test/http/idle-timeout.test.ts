import { expect, test } from "bun:test";
import type { Reply } from "../../src/canonical/reply.ts";
import { buildApp } from "../../src/http/app.ts";
import type { Connection } from "../../src/http/exchange.ts";
import { CHAT_FRAMES, CHAT_REQUEST, frameReply, KEY, standIn, wholeReply } from "./stand-in.ts";

/** The order in which the border asks for the socket to be kept, hands the call over, and gives the timeout back. */
async function steps(body: unknown, answer: () => Reply): Promise<string[]> {
  const steps: string[] = [];
  const gateway = standIn({
    answer() {
      steps.push("answer");
      return answer();
    },
  });
  const connection: Connection = {
    remoteAddress: () => "127.0.0.1",
    keepOpen: () => steps.push("keep"),
    restoreIdleTimeout: () => steps.push("restore"),
    live: new Set(),
    watching: new Set(),
  };
  const request = new Request("http://a/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": "1", authorization: `Bearer ${KEY}` },
    body: JSON.stringify(body),
  });
  const response = await buildApp(gateway.ports, connection).fetch(request);
  steps.push(`head ${response.status}`);
  await response.text();
  steps.push("end");
  expect(connection.live.size).toBe(0);
  await gateway.stop();
  return steps;
}

test("a whole answer: never while the body is on its way, until the answer is there", async () => {
  const seen = await steps(CHAT_REQUEST, () => wholeReply("openai-chat", "{}"));
  expect(seen).toEqual(["keep", "answer", "restore", "head 200", "end"]);
});

test("a stream: until its end", async () => {
  const seen = await steps({ ...CHAT_REQUEST, stream: true }, () => frameReply(CHAT_FRAMES));
  expect(seen).toEqual(["keep", "answer", "head 200", "restore", "end"]);
});

test("a refusal: given back, for the next request on the socket", async () => {
  const seen = await steps(CHAT_REQUEST, () => {
    throw new Error("no");
  });
  expect(seen).toEqual(["keep", "answer", "restore", "head 500", "end"]);
});
