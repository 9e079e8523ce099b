/** The Responses API through the compiled binary: OpenAI's own SDK, native and foreign upstreams, kept conversations. */
import { describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import OpenAI from "openai";
import { startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

type Input = OpenAI.Responses.ResponseInput;

const configOf = (first: Upstream, second: Upstream, more = "") => `
import { defineConfig } from "evergate";
export default defineConfig({
  providers: {
    native: { type: "openai", baseUrl: "${first.url}/v1", keys: ["sk-first"] },
    foreign: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: {
    fast: ["native/gpt-4o", "foreign/claude-sonnet-4-5"],
    native: ["native/gpt-4o"],
    foreign: ["foreign/claude-sonnet-4-5"],
  },
  ${more}
});`;
const ADA = `eg_${"a".repeat(40)}`;
const BOB = `eg_${"b".repeat(40)}`;
const KEYS = `access: { keys: { ada: { secret: "${ADA}" }, bob: { secret: "${BOB}" } } },`;
const TOOLS: OpenAI.Responses.FunctionTool[] = [
  {
    type: "function",
    name: "get_weather",
    description: "Weather",
    strict: false,
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
];

const sdk = (url: string, apiKey = "any") => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
/** The SDK's promises are made on first use, which `expect().rejects` does not know. */
const failureOf = (call: PromiseLike<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
/** The body of the last request as the upstream got it. */
const lastBody = ({ requests }: Upstream) => JSON.parse(Buffer.from(requests.at(-1)!.body).toString());
/** Simulated upstreams that quote what they were told last. */
const pair = () =>
  [
    upstream({ dialect: "openai-responses", answer: undefined }),
    upstream({ dialect: "anthropic-messages", answer: undefined }),
  ] as const;

describe.each(["native", "foreign"])("over a %s provider", (model) => {
  test("plain, kept, continued, retrieved and deleted", async () => {
    const [first, second] = pair();
    using _first = first;
    using _second = second;
    await using gateway = await startGateway({ config: configOf(first, second) });
    const client = sdk(gateway.url);
    const one = await client.responses.create({ model, input: "My word is lantern.", instructions: "Be brief." });
    expect(one).toMatchObject({
      object: "response",
      status: "completed",
      instructions: model === "native" ? null : "Be brief.",
    });
    expect(one.id).toStartWith("resp_");
    expect(one.output_text).toContain("My word is lantern.");
    expect(one.usage!.total_tokens).toBe(one.usage!.input_tokens + one.usage!.output_tokens);

    const two = await client.responses.create({ model, input: "Which word?", previous_response_id: one.id });
    const sent = JSON.stringify(lastBody(model === "native" ? first : second));
    expect(sent).toContain("My word is lantern.");
    expect(sent).toContain("This is a simulated answer");
    expect(sent).not.toContain("previous_response_id");
    // Instructions hold for one response alone.
    expect(sent).not.toContain("Be brief.");

    expect(await client.responses.retrieve(two.id)).toMatchObject({ id: two.id, previous_response_id: one.id });
    await client.responses.delete(one.id);
    expect(await failureOf(client.responses.retrieve(one.id))).toMatchObject({ status: 404, code: "not_found" });
    expect(
      await failureOf(client.responses.create({ model, input: "Hi", previous_response_id: one.id })),
    ).toMatchObject({
      status: 404,
      code: "not_found",
      param: "previous_response_id",
    });
    // What was said before is part of the later response itself.
    const three = await client.responses.create({ model, input: "And now?", previous_response_id: two.id });
    expect(JSON.stringify(lastBody(model === "native" ? first : second))).toContain("My word is lantern.");
    expect(three.status).toBe("completed");
  });

  test("streams every event in order, and a tool loop of two turns by id", async () => {
    const [first, second] = pair();
    using _first = first;
    using _second = second;
    await using gateway = await startGateway({ config: configOf(first, second) });
    const client = sdk(gateway.url);
    const input = "Please call get_weather for Paris.";
    const stream = await client.responses.create({ model, input, tools: TOOLS, stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    expect(events[0]!.type).toBe("response.created");
    const end = events.at(-1)!;
    if (end.type !== "response.completed") throw new Error(end.type);
    const call = end.response.output.find((item) => item.type === "function_call")!;
    expect(JSON.parse(call.arguments)).toHaveProperty("city");
    const outputs: Input = [{ type: "function_call_output", call_id: call.call_id, output: "18 degrees" }];
    const answer = await client.responses
      .stream({ model, tools: TOOLS, previous_response_id: end.response.id, input: outputs })
      .finalResponse();
    expect(answer.output_text).toContain("18 degrees");
    expect(answer.status).toBe("completed");
  });

  test("an item that is only named is found again", async () => {
    const [first, second] = pair();
    using _first = first;
    using _second = second;
    await using gateway = await startGateway({ config: configOf(first, second) });
    const client = sdk(gateway.url);
    const one = await client.responses.create({ model, input: "lantern" });
    const named: Input = [
      { role: "user", content: "lantern" },
      { type: "item_reference", id: one.output[0]!.id! },
      { role: "user", content: "Again." },
    ];
    await client.responses.create({ model, input: named });
    expect(JSON.stringify(lastBody(model === "native" ? first : second))).toContain("This is a simulated answer");
    const unknown: Input = [{ type: "item_reference", id: "msg_unknown" }];
    expect(await failureOf(client.responses.create({ model, input: unknown }))).toMatchObject({
      status: 400,
      param: "input[0]",
    });
  });

  test("what breaks off ends with response.failed, never as if whole", async () => {
    using first = upstream({ dialect: "openai-responses", faults: { cut: { afterTokens: 2, how: "rst" } } });
    using second = upstream({ dialect: "anthropic-messages", faults: { cut: { afterTokens: 2, how: "rst" } } });
    const config = configOf(first, second, `resilience: { continuation: "off" },`);
    await using gateway = await startGateway({ config });
    const response = await gateway.fetch("/v1/responses", post({ model, input: "Hi", stream: true }));
    const frames = (await response.text()).trim().split("\n\n");
    const events = frames.map((frame) => JSON.parse(frame.slice(frame.indexOf("data: ") + 6)));
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["error", "response.failed"]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    expect(events.at(-1).response).toMatchObject({
      id: events[0].response.id,
      status: "failed",
      error: { code: "upstream_error" },
    });
    expect((await gateway.fetch(`/v1/responses/${events[0].response.id}`)).status).toBe(404);
  });
});

describe("an upstream's own terminal events", () => {
  const event = (sequence: number, type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
  const head = { id: "resp_up", object: "response", created_at: 1, model: "gpt-4o", status: "in_progress", output: [] };
  const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const begun = [
    event(0, "response.created", { response: head }),
    event(1, "response.output_item.added", {
      output_index: 0,
      item: { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] },
    }),
    event(2, "response.output_text.delta", { ...place, delta: "Half of it" }),
  ].join("");
  const failed = { ...head, status: "failed", error: { code: "server_error", message: "It broke." } };
  const cutShort = { ...head, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };

  test.each<[what: string, end: string, types: string[]]>([
    [
      "response.failed stays a failure",
      event(3, "response.failed", { response: failed }),
      ["error", "response.failed"],
    ],
    ["error becomes one", event(3, "error", { code: "server_error", message: "x" }), ["error", "response.failed"]],
    ["nothing at all is one", "", ["error", "response.failed"]],
    [
      "response.incomplete passes as it came",
      event(3, "response.incomplete", { response: cutShort }),
      ["response.output_text.delta", "response.incomplete"],
    ],
  ])("%s", async (_what, end, types) => {
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(begun + end, { headers: { "content-type": "text/event-stream" } }),
    });
    await using gateway = await startGateway({
      config: `export default {
        providers: { native: { type: "openai", baseUrl: "http://127.0.0.1:${server.port}/v1", keys: ["a"] } },
        models: { fast: ["native/gpt-4o"] },
      };`,
    });
    const response = await gateway.fetch("/v1/responses", post({ model: "fast", input: "Hi", stream: true }));
    const frames = (await response.text()).trim().split("\n\n");
    const events = frames.map((frame) => JSON.parse(frame.slice(frame.indexOf("data: ") + 6)));
    expect(events.slice(-2).map(({ type }) => type)).toEqual(types);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    expect(events.at(-1).response.id).toBe("resp_up");
    server.stop(true);
  });
});

test("a dialogue by previous_response_id survives the failover to a provider without Responses API, and a restart", async () => {
  const [first, second] = pair();
  using _first = first;
  using _second = second;
  const config = configOf(first, second);
  const cwd = `/tmp/evergate-responses-${process.pid}`;
  let id = "";
  {
    await using gateway = await startGateway({ config, cwd });
    const { data, response } = await sdk(gateway.url)
      .responses.create({ model: "fast", input: "My word is lantern." })
      .withResponse();
    expect(response.headers.get("x-evergate-model")).toBe("native/gpt-4o");
    id = data.id;
    first.setFaults({ error: "unavailable" });
    const next = await sdk(gateway.url)
      .responses.create({ model: "fast", input: "Which?", previous_response_id: id })
      .withResponse();
    expect(next.response.headers.get("x-evergate-model")).toBe("foreign/claude-sonnet-4-5");
    expect(JSON.stringify(lastBody(second))).toContain("My word is lantern.");
    id = next.data.id;
    await gateway.stop();
  }
  try {
    first.setFaults(undefined);
    await using gateway = await startGateway({ config, cwd });
    const last = await sdk(gateway.url).responses.create({
      model: "fast",
      input: "Once more?",
      previous_response_id: id,
    });
    expect(last.status).toBe("completed");
    const { input } = lastBody(first);
    expect(input).toHaveLength(5);
    expect(JSON.stringify(input)).toContain("My word is lantern.");
    const stored = await Bun.file(`${cwd}/evergate-data/state.db`).text();
    expect(stored).not.toContain("lantern");
  } finally {
    await Bun.$`rm -rf ${cwd}`.quiet();
  }
});

test("a cut stream goes on elsewhere as the same response", async () => {
  using first = upstream({ dialect: "openai-responses", faults: { cut: { afterTokens: 2, how: "rst" } } });
  using second = upstream({
    dialect: "anthropic-messages",
    answer: "one two three four five",
    continues: "repeats-tail",
  });
  await using gateway = await startGateway({ config: configOf(first, second) });
  const stream = sdk(gateway.url).responses.stream({ model: "fast", input: "Hi" });
  const final = await stream.finalResponse();
  expect(final.output_text).toBe("one two three four five");
  const kept = await sdk(gateway.url).responses.retrieve(final.id);
  expect(kept.output_text).toBe("one two three four five");
});

test("responses are one key's own, and `store: false` keeps nothing", async () => {
  const [first, second] = pair();
  using _first = first;
  using _second = second;
  await using gateway = await startGateway({ config: configOf(first, second, KEYS) });
  const ada = sdk(gateway.url, ADA);
  const bob = sdk(gateway.url, BOB);
  const one = await ada.responses.create({ model: "fast", input: "Hi" });
  expect(await failureOf(bob.responses.retrieve(one.id))).toMatchObject({ status: 404 });
  expect(await failureOf(bob.responses.delete(one.id))).toMatchObject({ status: 404 });
  expect(
    await failureOf(bob.responses.create({ model: "fast", input: "Hi", previous_response_id: one.id })),
  ).toMatchObject({ status: 404 });
  expect((await ada.responses.retrieve(one.id)).id).toBe(one.id);
  expect((await gateway.fetch(`/v1/responses/${one.id}`)).status).toBe(401);
  const unkept = await ada.responses.create({ model: "fast", input: "Hi", store: false });
  expect(await failureOf(ada.responses.retrieve(unkept.id))).toMatchObject({ status: 404 });
});

test("a call that is repeated is answered by the same response, after a restart too", async () => {
  using first = upstream({ dialect: "openai-responses" });
  using second = upstream({ dialect: "anthropic-messages" });
  const cwd = `${tmpdir()}/evergate-repeats-${process.pid}`;
  const options = { config: configOf(first, second, KEYS), cwd };
  const idsOf = async (url: string) => {
    const asked = { model: "foreign", input: "Hi" };
    const whole = await sdk(url, ADA).responses.create(asked, { headers: { "idempotency-key": "whole" } });
    const streamed = sdk(url, ADA).responses.stream(asked, { headers: { "idempotency-key": "streamed" } });
    const final = await streamed.finalResponse();
    expect((await sdk(url, ADA).responses.retrieve(final.id)).output[0]!.id).toBe(final.output[0]!.id!);
    return [whole.id, whole.output[0]!.id!, final.id, final.output[0]!.id!];
  };
  try {
    let made: string[];
    {
      await using gateway = await startGateway(options);
      made = await idsOf(gateway.url);
      expect(await idsOf(gateway.url)).toEqual(made);
      await gateway.stop();
    }
    await using restarted = await startGateway(options);
    expect(await idsOf(restarted.url)).toEqual(made);
    expect(second.requests).toHaveLength(2);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});

test("an answer from the cache is a response of its own", async () => {
  const [first, second] = pair();
  using _first = first;
  using _second = second;
  await using gateway = await startGateway({ config: configOf(first, second, "cache: { exact: { ttlMs: 60_000 } },") });
  const client = sdk(gateway.url);
  const ask = () => client.responses.create({ model: "native", input: "My word is lantern." }).withResponse();
  const { data: made } = await ask();
  const { data: again, response } = await ask();
  expect(response.headers.get("x-evergate-cache")).toBe("exact");
  expect(again.output_text).toBe(made.output_text);
  expect(again.id).not.toBe(made.id);
  await client.responses.delete(made.id);
  expect((await client.responses.retrieve(again.id)).output_text).toBe(made.output_text);
});

test("a conversation goes on at a key that cannot open another key's reasoning, without it", async () => {
  const asked: { key: string | null; thoughts: string[]; ids: boolean }[] = [];
  const bodyOf = (key: string) => ({
    id: `resp_${asked.length}`,
    object: "response",
    model: "gpt-5",
    status: "completed",
    output: [
      { id: `rs_${asked.length}`, type: "reasoning", summary: [], encrypted_content: `of ${key}` },
      {
        id: `msg_${asked.length}`,
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "hello", annotations: [] }],
      },
    ],
    usage: { input_tokens: 5, output_tokens: 3, total_tokens: 8 },
  });
  using server = Bun.serve({
    port: 0,
    async fetch(request) {
      const key = request.headers.get("authorization")!.replace("Bearer ", "");
      const { input } = (await request.json()) as { input: unknown };
      const thoughts = JSON.stringify(input).match(/of sk-[a-z]+/g) ?? [];
      asked.push({ key, thoughts, ids: JSON.stringify(input).includes('"id"') });
      if (thoughts.every((thought) => thought === `of ${key}`)) return Response.json(bodyOf(key));
      const error = { message: "could not be verified", type: "invalid_request_error" };
      return Response.json({ error: { ...error, code: "invalid_encrypted_content", param: null } }, { status: 400 });
    },
  });
  await using gateway = await startGateway({
    config: `export default {
      providers: { up: { type: "openai", baseUrl: "http://127.0.0.1:${server.port}/v1", keys: ["sk-one", "sk-two"] } },
      models: { solo: { targets: ["up/gpt-5"], affinity: "off" } },
    };`,
  });
  const client = sdk(gateway.url);
  const one = await client.responses.create({ model: "solo", input: "Hi" });
  const again = { model: "solo", input: "And now?", previous_response_id: one.id };
  const { data, response } = await client.responses.create(again).withResponse();
  expect(data.output_text).toBe("hello");
  expect(response.headers.get("x-evergate-attempts")).toBe("2");
  // The thoughts that the client holds itself, with the ids they came with.
  const input = [...one.output, { role: "user", content: "Again." }] as Input;
  const turns = [await client.responses.create({ model: "solo", input, store: false }), one];
  turns.push(await client.responses.create({ model: "solo", input, store: false }));
  expect(turns.map(({ output_text }) => output_text)).toEqual(["hello", "hello", "hello"]);
  const [first, refused, retried] = asked;
  expect(refused).toMatchObject({ thoughts: [`of ${first!.key}`] });
  expect(refused!.key).not.toBe(first!.key);
  expect(retried).toEqual({ key: refused!.key, thoughts: [], ids: false });
  expect(asked.filter(({ key, thoughts }) => thoughts.length > 0 && key === first!.key)).toHaveLength(1);
});

function post(body: object): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

describe("what is kept can be asked for again", () => {
  test("as a stream, from any number on, and equal to what was answered", async () => {
    const [first, second] = pair();
    using _first = first;
    using _second = second;
    await using gateway = await startGateway({ config: configOf(first, second) });
    const client = sdk(gateway.url);
    for (const model of ["native", "foreign"]) {
      const made = await client.responses.create({ model, input: "My word is lantern.", tools: TOOLS });
      const seen: OpenAI.Responses.ResponseStreamEvent[] = [];
      for await (const event of await client.responses.retrieve(made.id, { stream: true })) seen.push(event);
      expect(seen.map(({ sequence_number }) => sequence_number)).toEqual(seen.map((_, index) => index));
      const text = seen.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
      expect(text).toBe(made.output_text);
      const { output_text: _shown, _request_id: _id, ...answered } = made as typeof made & { _request_id?: string };
      expect(seen.at(-1)).toMatchObject({
        type: "response.completed",
        response: { id: made.id, output: answered.output },
      });
      const rest: OpenAI.Responses.ResponseStreamEvent[] = [];
      for await (const event of await client.responses.retrieve(made.id, { stream: true, starting_after: 3 }))
        rest.push(event);
      expect(rest).toEqual(seen.slice(4));
    }
  });

  test("with all that the model was given, in pages", async () => {
    const [first, second] = pair();
    using _first = first;
    using _second = second;
    await using gateway = await startGateway({ config: configOf(first, second) });
    const client = sdk(gateway.url);
    const one = await client.responses.create({ model: "foreign", input: "My word is lantern." });
    const two = await client.responses.create({ model: "foreign", input: "Go on.", previous_response_id: one.id });
    const textOf = (item: OpenAI.Responses.ResponseItem) =>
      "content" in item && Array.isArray(item.content) && "text" in item.content[0]! ? item.content[0].text : "";
    const listed: string[] = [];
    for await (const item of client.responses.inputItems.list(two.id, { limit: 1, order: "asc" }))
      listed.push(textOf(item));
    expect(listed).toEqual(["My word is lantern.", one.output_text, "Go on."]);
    const { data, has_more: more } = await client.responses.inputItems.list(two.id, { limit: 2 });
    expect([data.map(textOf), more]).toEqual([["Go on.", one.output_text], true]);
    expect(new Set(data.map((item) => ("id" in item ? item.id : ""))).size).toBe(2);
  });

  test("but nothing is made in the background, and no conversation is kept by name", async () => {
    const [first, second] = pair();
    using _first = first;
    using _second = second;
    await using gateway = await startGateway({ config: configOf(first, second) });
    const client = sdk(gateway.url);
    const made = await client.responses.create({ model: "fast", input: "Hi" });
    const sent = first.requests.length;
    const refused = { status: 400, code: "invalid_request" };
    expect(await failureOf(client.responses.create({ model: "fast", input: "Hi", background: true }))).toMatchObject({
      ...refused,
      param: "background",
    });
    const streamed = await gateway.fetch(
      "/v1/responses",
      post({ model: "fast", input: "Hi", background: true, stream: true }),
    );
    expect(streamed.headers.get("x-evergate-warnings")).toBe("background");
    expect(await streamed.text()).toContain("event: response.completed");
    expect(lastBody(first)["background"]).toBeUndefined();
    for (const more of [{}, { previous_response_id: made.id }])
      expect(
        await failureOf(client.responses.create({ model: "fast", input: "Hi", conversation: "conv_1", ...more })),
      ).toMatchObject({ ...refused, param: "conversation" });
    expect(await failureOf(client.responses.cancel(made.id))).toMatchObject({ ...refused, param: "response_id" });
    expect(await failureOf(client.responses.cancel("resp_none"))).toMatchObject({ status: 404 });
    expect(first.requests).toHaveLength(sent + 1);
  });
});
