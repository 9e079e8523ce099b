import { expect, test } from "bun:test";
import { startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

test.each([[["usage"]], [["usage", "done"]]] as const)(
  "a stream that leaves out %p ends with an estimate for a client that asked for usage, and for no other",
  async (omit) => {
    using server = upstream({ dialect: "openai-chat", faults: { omit: [...omit] } });
    const config = JSON.stringify({
      providers: { it: { type: "openai-compatible", baseUrl: `${server.url}/v1`, keys: ["sk-1"] } },
      models: { fast: ["it/m"] },
      pricing: { "it/m": { inputPerMillionUsd: 1_000, outputPerMillionUsd: 1_000 } },
    });
    await using gateway = await startGateway({ config: `export default ${config};` });
    const read = async (more: object) => {
      const body = JSON.stringify({
        model: "fast",
        stream: true,
        messages: [{ role: "user", content: "hi" }],
        ...more,
      });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, body });
      const data = (await response.text()).match(/(?<=^data: ).*/gm) ?? [];
      expect(data.at(-1)).toBe("[DONE]");
      return data.slice(0, -1).map((line) => JSON.parse(line));
    };
    const asked = await read({ stream_options: { include_usage: true } });
    const last = asked.at(-1);
    expect(last).toMatchObject({ id: asked[0].id, choices: [], usage: { estimated: true } });
    expect(last.usage.completion_tokens).toBeGreaterThan(0);
    expect(Number(last.usage.cost_usd)).toBeGreaterThan(0);
    expect((await read({})).some((chunk) => chunk.usage)).toBe(false);
  },
);
