import { afterEach, expect, test } from "bun:test";
import { CHAT_REQUEST, replyOf, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test.each([false, true])(
  "an unknown throw tells the client nothing and the operator everything, stream: %p",
  async (stream) => {
    gateway = standIn({
      answer() {
        throw new TypeError("undefined is not a function at /srv/inside.ts");
      },
    });
    const response = await gateway.post("/v1/chat/completions", { ...CHAT_REQUEST, stream });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text).error).toMatchObject({ code: "internal", type: "server_error", source: "gateway" });
    expect(text).not.toContain("inside");
    const [line] = gateway.log.lines;
    expect(line).toMatchObject({ level: "error", fields: { request: JSON.parse(text).error.request_id } });
    expect(String(line!.fields["cause"])).toContain("undefined is not a function at /srv/inside.ts");
  },
);

test("an empty reply is no answer", async () => {
  gateway = standIn({ answer: () => replyOf("openai-chat", "whole", []) });
  expect((await gateway.post("/v1/chat/completions", CHAT_REQUEST)).status).toBe(500);
});

test("a port that throws outside the pipeline is answered too", async () => {
  gateway = standIn({
    ports: {
      metrics: async () => {
        throw new Error("secret inside");
      },
    },
  });
  const response = await gateway.get("/metrics", { authorization: "Bearer metrics-token" });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
});
