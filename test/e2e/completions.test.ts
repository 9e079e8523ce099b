/** Legacy completions through the compiled binary: at the endpoint's own kind of server, and over chat. */
import { describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { type Gateway, startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

const sdk = (gateway: Gateway) => new OpenAI({ apiKey: "any", baseURL: `${gateway.url}/v1`, maxRetries: 0 });

type Answer = (body: Record<string, unknown>) => Response;

/** A server of legacy completions alone, as far as `answer` goes. */
function legacy(answer: Answer) {
  const bodies: Record<string, unknown>[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (new URL(request.url).pathname !== "/v1/completions") return new Response("no", { status: 404 });
      const body = (await request.json()) as Record<string, unknown>;
      bodies.push(body);
      return answer(body);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    bodies,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const LOGPROBS = { tokens: ["a"], token_logprobs: [-0.5], top_logprobs: [{ a: -0.5 }], text_offset: [0] };
const choice = (text: string, index: number, finish: string | null = "stop") => ({
  text,
  index,
  logprobs: LOGPROBS,
  finish_reason: finish,
});
/** One answer for each prompt. */
const native: Answer = ({ prompt, stream, model }) => {
  const prompts = Array.isArray(prompt) ? prompt : [prompt];
  const head = { id: "cmpl-1", object: "text_completion", created: 1, model };
  if (!stream)
    return Response.json({ ...head, choices: prompts.map((one, index) => choice(`${one} done`, index)), usage: USAGE });
  const chunks = prompts.flatMap((one, index) => [choice(`${one} `, index, null), choice("done", index)]);
  const frames = chunks.map((one) => ({ ...head, choices: [one], usage: null }));
  const all = [...frames, { ...head, choices: [], usage: USAGE }].map((data) => `data: ${JSON.stringify(data)}\n\n`);
  return new Response(`${all.join("")}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
};
const refusing =
  (status: number): Answer =>
  () =>
    Response.json({ error: { message: "no" } }, { status });

const configOf = (first: string, second: { url: string; type?: string }, more = "") => `export default {
  resilience: { retries: { perTarget: 0 } },
  providers: {
    native: { type: "vllm", baseUrl: "${first}/v1", keys: ["a"] },
    chat: { type: "${second.type ?? "anthropic"}", baseUrl: "${second.url}", keys: ["b"] },
  },
  models: { fast: ["native/m", "chat/m"], back: ["chat/m", "native/m"], native: ["native/m"] },
  pricing: { "native/m": { inputPerMillionUsd: 1, outputPerMillionUsd: 1 } },
  ${more}
};`;

describe("at a server that has the endpoint", () => {
  const fields = { suffix: " END", echo: true, logprobs: 3, best_of: 2, n: 1, logit_bias: { "50256": -100 } };

  test("everything goes there as it came, lists and tokens too, and the answer comes as it went", async () => {
    using server = legacy(native);
    using chat = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(server.url, chat) });
    const client = sdk(gateway);
    const { data, response } = await client.completions
      .create({ model: "fast", prompt: ["one", "two"], max_tokens: 9, ...fields })
      .withResponse();
    expect(data.choices.map(({ text, logprobs }) => [text, logprobs])).toEqual([
      ["one done", LOGPROBS],
      ["two done", LOGPROBS],
    ]);
    expect(server.bodies[0]).toEqual({ model: "m", prompt: ["one", "two"], max_tokens: 9, ...fields });
    expect(response.headers.get("x-evergate-warnings")).toBeNull();
    expect(response.headers.get("x-evergate-cost-usd")).toBe("0.000012");
    const tokens = await client.completions.create({ model: "fast", prompt: [[1, 2], [3]] });
    expect(tokens.choices).toHaveLength(2);
    expect(chat.requests).toHaveLength(0);
  });

  test("streams pass as they come; usage is asked for, and shown to whoever wants it", async () => {
    using server = legacy(native);
    using chat = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(server.url, chat) });
    const read = async (more: object) => {
      const texts = ["", ""];
      let usage: unknown;
      const params = { model: "fast", prompt: ["one", "two"], logprobs: 1, stream: true as const, ...more };
      for await (const chunk of await sdk(gateway).completions.create(params)) {
        for (const { text, index } of chunk.choices) texts[index] += text;
        usage ??= chunk.usage ?? undefined;
      }
      return { texts, usage };
    };
    expect(await read({})).toEqual({ texts: ["one done", "two done"], usage: undefined });
    expect(await read({ stream_options: { include_usage: true } })).toEqual({
      texts: ["one done", "two done"],
      usage: { ...USAGE, cost_usd: "0.000012" },
    });
    expect(server.bodies[0]).toMatchObject({ stream_options: { include_usage: true } });
  });

  test("under a budget each answer is reserved for, and one that breaks off is no end", async () => {
    using server = legacy(() => {
      const data = JSON.stringify({ id: "cmpl-1", choices: [choice("half", 0, null)] });
      return new Response(`data: ${data}\n\n`, { headers: { "content-type": "text/event-stream" } });
    });
    using chat = upstream({ dialect: "anthropic-messages" });
    const key = `eg_${"c".repeat(40)}`;
    const more = `access: { keys: { ci: { secret: "${key}", budgets: [{ limitUsd: 0.001, per: "day" }] } } },`;
    await using gateway = await startGateway({ config: configOf(server.url, chat, more) });
    const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const ask = async (best: number) => {
      const params = { model: "native", prompt: "x", max_tokens: 200, best_of: best, stream: true } as const;
      let text = "";
      for await (const chunk of await client.completions.create(params)) text += chunk.choices[0]?.text ?? "";
      return text;
    };
    await expect(ask(100)).rejects.toMatchObject({ status: 402 });
    await expect(ask(1)).rejects.toThrow("finished");
    expect(server.bodies).toHaveLength(1);
  });
});

describe("between both kinds", () => {
  test("a call moves on from the endpoint to chat, which tells what it cannot do", async () => {
    using server = legacy(refusing(503));
    using chat = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(server.url, chat) });
    const { data, response } = await sdk(gateway)
      .completions.create({ model: "fast", prompt: "Say hello.", max_tokens: 50, suffix: "!", echo: true, logprobs: 1 })
      .withResponse();
    expect(data.choices).toMatchObject([{ text: "one two three four five", finish_reason: "stop" }]);
    expect(response.headers.get("x-evergate-failover")).toBe("native/m=server");
    const warnings = response.headers.get("x-evergate-warnings")!.split(", ");
    expect(warnings).toEqual(expect.arrayContaining(["suffix", "echo", "logprobs"]));
  });

  test("and from chat to the endpoint, also for what chat cannot say at all", async () => {
    using server = legacy(native);
    using chat = upstream({ dialect: "anthropic-messages", faults: { error: "unavailable" } });
    await using gateway = await startGateway({ config: configOf(server.url, chat) });
    const client = sdk(gateway);
    const text = await client.completions.create({ model: "back", prompt: "one" });
    expect(text.choices[0]!.text).toBe("one done");
    const sent = chat.requests.length;
    const list = await client.completions.create({ model: "back", prompt: ["one", "two"] });
    expect(list.choices).toHaveLength(2);
    expect(chat.requests).toHaveLength(sent);
  });

  test("a list that nobody can take is the client's own error", async () => {
    using server = legacy(native);
    using chat = upstream({ dialect: "anthropic-messages" });
    const config = configOf(server.url, chat).replace('back: ["chat/m", "native/m"]', 'back: ["chat/m"]');
    await using gateway = await startGateway({ config });
    const ask = async () => await sdk(gateway).completions.create({ model: "back", prompt: ["one", "two"] });
    await expect(ask()).rejects.toMatchObject({ status: 400, param: "prompt" });
  });

  test.each<[more: object, goesOn: boolean]>([
    [{}, true],
    [{ suffix: " END" }, false],
    [{ echo: true }, false],
    [{ logprobs: 1 }, false],
  ])("a cut stream of %j goes on by chat: %p", async (more, goesOn) => {
    using server = legacy(() => {
      const data = JSON.stringify({ id: "cmpl-1", choices: [choice("The lighthouse", 0, null)] });
      return new Response(`data: ${data}\n\n`, { headers: { "content-type": "text/event-stream" } });
    });
    using chat = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(server.url, chat) });
    const params = { model: "fast", prompt: "Tell me.", stream: true as const, ...more };
    let text = "";
    const read = async () => {
      for await (const chunk of await sdk(gateway).completions.create(params)) text += chunk.choices[0]?.text ?? "";
    };
    if (goesOn) {
      await read();
      expect(text).toStartWith("The lighthouse");
      expect(text).toContain("four five");
    } else await expect(read()).rejects.toThrow("finished");
    expect(chat.requests).toHaveLength(goesOn ? 1 : 0);
  });

  test("a server that lacks the endpoint is asked by chat, and not again by the endpoint", async () => {
    using server = upstream({ dialect: "openai-chat" });
    using chat = upstream({ dialect: "anthropic-messages" });
    await using gateway = await startGateway({ config: configOf(server.url, chat) });
    for (const attempts of ["2", "1"]) {
      const { data, response } = await sdk(gateway)
        .completions.create({ model: "fast", prompt: "Say hello." })
        .withResponse();
      expect(data.choices[0]!.text).toBe("one two three four five");
      expect(response.headers.get("x-evergate-model")).toBe("native/m");
      expect(response.headers.get("x-evergate-attempts")).toBe(attempts);
    }
    expect(chat.requests).toHaveLength(0);
  });
});
