import { afterEach, expect, test } from "bun:test";
import {
  CHAT_ANSWER,
  eventReply,
  frameReply,
  MESSAGES_REQUEST,
  type StandIn,
  standIn,
  wholeReply,
} from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test.each(["/v1/messages", "/anthropic/v1/messages"])("%s passes Anthropic's bytes", async (path) => {
  gateway = standIn({ answer: () => wholeReply("anthropic-messages", '{"type":"message" , "x":1.0}') });
  const response = await gateway.post(path, MESSAGES_REQUEST);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('{"type":"message" , "x":1.0}');
  expect(response.headers.get("request-id")).toMatch(/^req_/);
  expect(gateway.calls[0]!.dialect).toBe("anthropic-messages");
});

test.each(["whole", "stream"] as const)("a %s reply of another dialect is written as a message", async (form) => {
  gateway = standIn({ answer: () => eventReply(form) });
  const body = await (await gateway.post("/v1/messages", MESSAGES_REQUEST)).json();
  expect(body).toMatchObject({
    type: "message",
    role: "assistant",
    content: [{ type: "text", text: "Hi." }],
    stop_reason: "end_turn",
    usage: { input_tokens: 5, output_tokens: 2 },
  });
});

test("an OpenAI body does not pass for one of Anthropic's", async () => {
  const reply = wholeReply("openai-chat", CHAT_ANSWER);
  gateway = standIn({
    answer: () => ({ ...reply, reader: eventReply("whole").reader, pieces: eventReply("whole").pieces }),
  });
  const body = await (await gateway.post("/v1/messages", MESSAGES_REQUEST)).json();
  expect(body.type).toBe("message");
});

test("a stream ends with message_stop, and tells a seam in a comment", async () => {
  gateway = standIn({ answer: () => eventReply("stream") });
  const text = await (await gateway.post("/v1/messages", { ...MESSAGES_REQUEST, stream: true })).text();
  const events = [...text.matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
  expect(events[0]).toBe("message_start");
  expect(events.at(-1)).toBe("message_stop");
  expect(text).toContain('"text":"Hi"');
});

test("frames in the client's dialect go out as received", async () => {
  const frames = ['event: message_start\ndata: {"type":"message_start"}\n\n', 'event: ping\ndata: {"type":"ping"}\n\n'];
  gateway = standIn({ answer: () => frameReply(frames, "anthropic-messages") });
  const response = await gateway.post("/v1/messages", { ...MESSAGES_REQUEST, stream: true });
  expect(await response.text()).toBe(frames.join(""));
});
