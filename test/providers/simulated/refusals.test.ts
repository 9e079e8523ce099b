/** A 400 of the simulated provider has the shape and the reason of the real one's. */
import { afterAll, describe, expect, test } from "bun:test";
import { startSimulated } from "../../../src/providers/simulated/simulated.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const deps = { clock: simulatedClock(), random: seededRandom(1) };
const server = startSimulated({ keys: ["good"], models: ["m"] }, deps);
const lenient = startSimulated({ strict: false }, deps);
afterAll(() => {
  server.stop();
  lenient.stop();
});

async function post(url: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as never };
}

const user = { role: "user", content: "Hi" };
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

describe("chat completions", () => {
  const refused = (body: unknown, key = "good") =>
    post(`${server.url}/v1/chat/completions`, body, { authorization: `Bearer ${key}` });
  test.each<[string, unknown, number, unknown]>([
    ["broken JSON", "{", 400, { type: "invalid_request_error" }],
    ["no model", { messages: [user] }, 400, { param: "model" }],
    ["no messages", { model: "m" }, 400, { param: "messages" }],
    ["empty messages", { model: "m", messages: [] }, 400, { param: "messages" }],
    ["an unknown field", { model: "m", messages: [user], top_k: 1 }, 400, { param: "top_k" }],
    [
      "an unknown role",
      { model: "m", messages: [{ role: "robot", content: "" }] },
      400,
      { param: "messages.[0].role" },
    ],
    [
      "stream_options without stream",
      { model: "m", messages: [user], stream_options: {} },
      400,
      { param: "stream_options" },
    ],
    ["both spellings of the limit", { model: "m", messages: [user], max_tokens: 1, max_completion_tokens: 1 }, 400, {}],
    [
      "a result without its call",
      { model: "m", messages: [user, { role: "tool", tool_call_id: "c1", content: "" }] },
      400,
      {},
    ],
    [
      "a call without its result",
      { model: "m", messages: [user, { role: "assistant", tool_calls: [call] }, user] },
      400,
      {},
    ],
    ["an unknown model", { model: "other", messages: [user] }, 404, { code: "model_not_found" }],
  ])("%s", async (_, body, status, error) => {
    const answer = await refused(body);
    expect(answer).toMatchObject({ status, body: { error: error as object } });
    expect((answer.body as { error: { message: unknown } }).error.message).toBeString();
  });
  test("a wrong key", async () => {
    const answer = await refused({ model: "m", messages: [user] }, "bad");
    expect(answer).toMatchObject({ status: 401, body: { error: { code: "invalid_api_key" } } });
  });
  test("unknown fields pass when it is lenient", async () => {
    const url = `${lenient.url}/v1/chat/completions`;
    expect((await post(url, { model: "m", messages: [user], top_k: 1 }, {})).status).toBe(200);
  });
});

describe("messages", () => {
  const refused = (body: unknown, headers: Record<string, string> = { "anthropic-version": "2023-06-01" }) =>
    post(`${server.url}/v1/messages`, body, { "x-api-key": "good", ...headers });
  const ask = (fields: object) => ({ model: "m", max_tokens: 10, messages: [user], ...fields });
  const assistant = { role: "assistant", content: "Hm." };
  const use = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "f", input: {} }] };
  const result = { type: "tool_result", tool_use_id: "t1", content: "1" };
  test.each<[string, unknown, string]>([
    ["no max_tokens", { model: "m", messages: [user] }, "max_tokens: Field required"],
    ["an unknown field", ask({ n: 1 }), "n: Extra inputs are not permitted"],
    ["no messages", { model: "m", max_tokens: 1 }, "messages: Field required"],
    ["an answer first", ask({ messages: [assistant] }), 'first message must use the "user" role'],
    ["two of one role", ask({ messages: [user, user] }), "roles must alternate"],
    ["a system message", ask({ messages: [{ role: "system", content: "x" }] }), "messages.0.role"],
    [
      "a prefill that ends in a space",
      ask({ messages: [user, { role: "assistant", content: "a " }] }),
      "trailing whitespace",
    ],
    [
      "a result without its call",
      ask({ messages: [user, assistant, { role: "user", content: [result] }] }),
      "unexpected `tool_use_id`",
    ],
    ["a call without its result", ask({ messages: [user, use, user] }), "without `tool_result` blocks"],
    [
      "a result that does not come first",
      ask({ messages: [user, use, { role: "user", content: [{ type: "text", text: "x" }, result] }] }),
      "must come first",
    ],
    [
      "a small thinking budget",
      ask({ thinking: { type: "enabled", budget_tokens: 10 } }),
      "greater than or equal to 1024",
    ],
    [
      "a thinking budget over the limit",
      ask({ thinking: { type: "enabled", budget_tokens: 2000 } }),
      "`max_tokens` must be greater",
    ],
  ])("%s", async (_, body, words) => {
    const answer = await refused(body);
    expect(answer).toMatchObject({ status: 400, body: { type: "error", error: { type: "invalid_request_error" } } });
    expect((answer.body as { error: { message: string } }).error.message).toContain(words);
  });
  test("no version", async () => expect((await refused(ask({}), {})).status).toBe(400));
  test("an unknown path", async () => expect((await post(`${server.url}/v1/nothing`, {}, {})).status).toBe(404));
  test("a wrong key", async () => {
    const answer = await refused(ask({}), { "x-api-key": "bad" });
    expect(answer).toMatchObject({ status: 401, body: { error: { type: "authentication_error" } } });
  });
});

test("the models it serves are listed", async () => {
  const list = await (await fetch(`${server.url}/v1/models`)).json();
  expect(list).toMatchObject({ object: "list", data: [{ id: "m", object: "model" }] });
});
