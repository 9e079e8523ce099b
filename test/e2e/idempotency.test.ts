import { expect, test } from "bun:test";
import { Glob } from "bun";
import { startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

function chat(key: string, content: string, stream = false): RequestInit {
  const options = stream ? { stream, stream_options: { include_usage: true } } : {};
  const body = JSON.stringify({ model: "m/x", ...options, messages: [{ role: "user", content }] });
  return { method: "POST", headers: { "content-type": "application/json", "idempotency-key": key }, body };
}

test("a repeated call gets the same answer without a second upstream call, after a restart too, and nothing is stored in clear", async () => {
  using first = upstream({ dialect: "openai-chat", answer: "an answer said once in confidence" });
  const config = `import { defineConfig } from "evergate";
export default defineConfig({ providers: { m: { type: "openai-compatible", baseUrl: "${first.url}/v1" } } });`;
  await using gateway = await startGateway({ config });
  const ask = async (at: typeof gateway, stream: boolean) =>
    (await at.fetch("/v1/chat/completions", chat(stream ? "s" : "w", "hi", stream))).text();
  const [whole, streamed] = [await ask(gateway, false), await ask(gateway, true)];
  expect(await ask(gateway, false)).toBe(whole);
  expect(await ask(gateway, true)).toBe(streamed);
  expect((await gateway.fetch("/v1/chat/completions", chat("w", "other"))).status).toBe(409);
  expect(first.requests).toHaveLength(2);
  await gateway.stop();
  await using again = await startGateway({ config, cwd: gateway.cwd });
  expect(await ask(again, false)).toBe(whole);
  expect(await ask(again, true)).toBe(streamed);
  const repeat = await again.fetch("/v1/chat/completions", chat("w", "hi"));
  expect(repeat.headers.get("x-evergate-attempts")).toBe("0");
  expect(repeat.headers.get("x-evergate-model")).toBe("m/x");
  expect((await again.fetch("/v1/chat/completions", chat("w", "other"))).status).toBe(409);
  expect(first.requests).toHaveLength(2);
  for (const file of new Glob("evergate-data/**").scanSync({ cwd: gateway.cwd, dot: true })) {
    const bytes = Buffer.from(await Bun.file(`${gateway.cwd}/${file}`).arrayBuffer());
    expect(bytes.includes("said once in confidence")).toBe(false);
  }
});

test.each([
  ["anthropic-messages", "anthropic"],
  ["gemini", "gemini"],
] as const)(
  "an answer of %s is repeated with all that it said after a restart, whole and streamed",
  async (dialect, type) => {
    using server = upstream({ dialect, answer: "one two three" });
    const config = `export default { providers: { m: { type: "${type}", baseUrl: "${server.url}", keys: ["k"] } } };`;
    await using gateway = await startGateway({ config });
    // A repeat is written at another time, and costs nothing.
    const lasting = (text: string) => text.replaceAll(/"created":\d+|,"cost_usd":"0"/g, "");
    const said = async (at: typeof gateway) => {
      const whole = await (await at.fetch("/v1/chat/completions", chat("w", "hi"))).text();
      const streamed = await (await at.fetch("/v1/chat/completions", chat("s", "hi", true))).text();
      return [lasting(whole), lasting(streamed)];
    };
    const [whole, streamed] = await said(gateway);
    expect(whole).toContain('"content":"one two three"');
    expect(streamed).toContain('"finish_reason":"stop"');
    await gateway.stop();
    await using again = await startGateway({ config, cwd: gateway.cwd });
    expect(await said(again)).toEqual([whole!, streamed!]);
    expect(server.requests).toHaveLength(2);
  },
);

test("a master key that is none is refused at the start, in words", async () => {
  const { runEvergate } = await import("./harness.ts");
  const { exitCode, stderr } = await runEvergate(["serve", "--port", "0"], { env: { EVERGATE_MASTER_KEY: "short" } });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("EVERGATE_MASTER_KEY: a master key is 64 hexadecimal digits");
  expect(stderr).not.toContain("short\n");
});
