/** Events of a streamed answer, the first with the role and the last `[DONE]` included. */
export const STREAM_CHUNKS = 100;
/** Events that the upstream sends at once. */
export const EVENTS_PER_WRITE = 10;
/** The public model name, and the virtual key that the gateway checks. */
export const MODEL = "bench";
export const KEY = "eg_benchbenchbenchbenchbenchbenchbenchbench";

export type Mode = "calls" | "streams";

const CONTENT =
  "You are on night watch. Report the state of the line in a few words, then wait for the next question. " +
  "If nothing has changed since the last report, say so.";

/** The request as bytes, ready to be sent on a kept-alive connection. */
export function requestBytes(port: number, mode: Mode): Buffer {
  const body = JSON.stringify({
    model: MODEL,
    messages: [
      { role: "system", content: CONTENT },
      { role: "user", content: "What is the state of the line?" },
    ],
    temperature: 0.2,
    ...(mode === "streams" ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${KEY}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
