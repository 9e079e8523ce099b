/** Traces of the compiled binary, as a real collector reads them. */
import { describe, expect, test } from "bun:test";
import { collector } from "../telemetry/trace/collector.ts";
import { startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

const configOf = (endpoint: string, first: Upstream, second: Upstream, sample = 1) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"] },
  telemetry: { otlp: { endpoint: "${endpoint}", headers: { "x-collector-key": env("COLLECTOR_KEY") }, sample: ${sample} } },
});`;
const env = { COLLECTOR_KEY: "collector-secret" };

function chat(headers: Record<string, string> = {}): RequestInit {
  const body = JSON.stringify({ model: "fast", messages: [{ role: "user", content: "hi" }] });
  return { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
}

describe("traces", () => {
  test("one span a request, a child for policies, cache and each attempt, in the caller's trace", async () => {
    using receiver = collector();
    using first = upstream({ dialect: "openai-chat", faults: { error: "unavailable" } });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(receiver.url, first, second), env });
    await gateway.fetch("/v1/chat/completions", chat({ traceparent: `00-${TRACE}-${CALLER}-01` }));
    const spans = await receiver.received(6);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const root = spans.find(({ parentSpanId }) => parentSpanId === CALLER)!;
    expect(root).toMatchObject({
      name: "chat fast",
      kind: 2,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "fast",
        "gen_ai.response.model": "claude-sonnet-4-5",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.usage.input_tokens": expect.any(Number),
        "gen_ai.usage.output_tokens": 5,
        "http.response.status_code": 200,
        "evergate.attempts": 3,
        "evergate.failover": true,
      },
      resource: { "service.name": "evergate", "service.version": expect.any(String) },
    });
    const children = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
    expect(children.map(({ name }) => name)).toEqual([
      "policies",
      "cache lookup",
      "chat gpt-4o",
      "chat gpt-4o",
      "chat claude-sonnet-4-5",
    ]);
    expect(children[2]).toMatchObject({
      kind: 3,
      status: { code: 2, message: "server" },
      attributes: { "error.type": "server", "http.response.status_code": 503 },
    });
    expect(children[4]).toMatchObject({ status: { code: 0 } });
    for (const child of children) {
      expect(child.startMs).toBeGreaterThanOrEqual(root.startMs - 1);
      expect(child.endMs).toBeLessThanOrEqual(root.endMs + 1);
    }
    expect(receiver.headers[0]!.get("x-collector-key")).toBe("collector-secret");
    // Upstream the trace is the caller's, and the gateway's span is the parent.
    expect(second.requests[0]!.headers["traceparent"]).toBe(`00-${TRACE}-${root.spanId}-01`);
  });

  test("a caller that does not sample is not sampled, and with sample 0 nothing is sent", async () => {
    using receiver = collector();
    using first = upstream({ dialect: "openai-chat" });
    using second = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(receiver.url, first, second, 0), env });
    await gateway.fetch("/v1/chat/completions", chat());
    await gateway.fetch("/v1/chat/completions", chat({ traceparent: `00-${TRACE}-${CALLER}-00` }));
    await gateway.fetch("/v1/chat/completions", chat({ traceparent: `00-${TRACE}-${CALLER}-01` }));
    expect(await gateway.stop()).toBe(0);
    expect(receiver.spans.filter(({ name }) => name === "chat fast")).toHaveLength(1);
  });

  test("a collector that is down neither fails nor delays a call, and what is left is sent on drain", async () => {
    using receiver = collector();
    using first = upstream({ dialect: "openai-chat" });
    using second = upstream({ dialect: "anthropic-messages" });
    receiver.refuse(503);
    await using gateway = await startGateway({ config: configOf(receiver.url, first, second), env });
    expect((await gateway.fetch("/v1/chat/completions", chat())).status).toBe(200);
    await receiver.received(4);
    await using alone = await startGateway({ config: configOf("http://127.0.0.1:9", first, second), env });
    expect((await alone.fetch("/v1/chat/completions", chat())).status).toBe(200);
    expect(await alone.stop()).toBe(0);
  });
});
