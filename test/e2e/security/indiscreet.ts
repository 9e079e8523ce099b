/** Servers around a gateway that repeat, or note, whatever they are told. */

/** Where providers look for a key, and where its owner may have put another secret. */
const KEY_HEADERS = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token", "x-extra"];

/**
 * Says every key it gets in every way that providers have been seen to. Answers to models named `good` are `answer`;
 * access tokens of Google's are `token`.
 */
export function indiscreetProvider({ answer, token }: { answer: string; token: string }) {
  const heard: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const text = await request.text();
      heard.push(`${request.url} ${JSON.stringify([...request.headers])} ${text}`);
      if (pathname === "/token") return Response.json({ access_token: token, expires_in: 3600, token_type: "Bearer" });
      const keys = KEY_HEADERS.flatMap((name) => request.headers.get(name)?.replace(/^Bearer /, "") ?? []);
      return reply(modelOf(pathname, text), keys.join(" "), answer);
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, heard, [Symbol.dispose]: () => void server.stop(true) };
}

/** Takes whatever alerts and traces bring. What their addresses and headers hold is their own. */
export function receiver() {
  const heard: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      heard.push(Buffer.from(await request.arrayBuffer()).toString("latin1"));
      return Response.json({});
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, heard, [Symbol.dispose]: () => void server.stop(true) };
}

function modelOf(path: string, body: string): string {
  const named = /\/(?:models|model|deployments)\/([^/:]+)/.exec(path)?.[1];
  if (named !== undefined) return named;
  const model = /"model":"([^"]+)"/.exec(body)?.[1];
  return model ?? "refuses";
}

function reply(model: string, key: string, answer: string): Response {
  const said = `Incorrect API key provided: ${key}.`;
  const headers = { "x-request-id": "req_1", "x-echo": key, "www-authenticate": `Bearer realm="${key}"` };
  const error = (status: number, code: string) =>
    Response.json({ error: { message: said, type: "error", code }, message: said }, { status, headers });
  if (model === "refuses") return error(401, "invalid_api_key");
  if (model === "broken") return error(500, "server_error");
  if (model === "asks") return error(403, "permission_denied");
  if (model === "page")
    return new Response(`<html><body>${said}</body></html>`, { headers: { "content-type": "text/html" } });
  const chunk = (delta: object) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
  if (model === "cut")
    return new Response(
      `${chunk({ role: "assistant", content: "I" })}data: {"error":{"message":${JSON.stringify(said)}}}\n\n`,
      { headers: { "content-type": "text/event-stream", ...headers } },
    );
  const message = { role: "assistant", content: answer };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return Response.json({ id: "c", object: "chat.completion", created: 1, model, choices, usage }, { headers });
}
