import { afterEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { CHAT_FRAMES, CHAT_REQUEST, KEY, replyOf, type StandIn, standIn, until } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

function send(stream: boolean): Socket {
  const body = JSON.stringify({ ...CHAT_REQUEST, stream });
  const socket = connect(gateway.server.port, "127.0.0.1");
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

test("a client that hangs up while it waits aborts the call", async () => {
  gateway = standIn({
    answer: (incoming) =>
      new Promise((_, reject) => {
        incoming.signal.addEventListener("abort", () => reject(new GatewayError("client_closed", "Gone.")));
      }),
  });
  const socket = send(false);
  await until(() => gateway.calls.length === 1);
  socket.destroy();
  await until(() => gateway.closed.length === 1);
  expect(gateway.closed[0]!.outcome).toMatchObject({ code: "client_closed", status: 499 });
  await until(() => gateway.server.inFlight() === 0);
});

test.each([0, 2])(
  "a client that hangs up inside a stream gives the pieces back once, after %d pieces",
  async (pieces) => {
    const frames = CHAT_FRAMES.slice(0, pieces + 1);
    const silent = () => (reply.pulled() > pieces ? new Promise<void>(() => {}) : Promise.resolve());
    const reply = replyOf("openai-chat", "stream", frames.map(piece), silent);
    gateway = standIn({ answer: () => reply });
    const socket = send(true);
    let received = "";
    socket.on("data", (data) => {
      received += data.toString();
    });
    await until(() => received.includes(frames.at(-1)!.trim()));
    socket.destroy();
    await until(() => gateway.closed.length === 1);
    expect(gateway.settled).toEqual(["client_closed"]);
    expect(reply.returned()).toBe(1);
    expect(gateway.server.inFlight()).toBe(0);
  },
);

test("a client that hangs up inside its own body leaves nothing behind", async () => {
  gateway = standIn();
  const socket = connect(gateway.server.port, "127.0.0.1");
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"model":',
  );
  await until(() => gateway.calls.length === 1);
  socket.destroy();
  await until(() => gateway.closed.length === 1);
  expect(gateway.closed[0]!.outcome).toMatchObject({ code: "client_closed" });
  await until(() => gateway.server.inFlight() === 0);
});

function piece(frame: string) {
  return { mark: "content" as const, bytes: new TextEncoder().encode(frame) };
}
