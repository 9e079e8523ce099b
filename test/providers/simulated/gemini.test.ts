/** The simulated Gemini refuses what Google refuses, and takes what the dialect writes of other dialects' requests. */
import { afterAll, describe, expect, test } from "bun:test";
import { GoogleGenAI } from "@google/genai";
import type { ChatRequest, JsonObject } from "../../../src/canonical/chat.ts";
import { gemini } from "../../../src/dialects/gemini/gemini.ts";
import { SKIP_VALIDATION } from "../../../src/dialects/gemini/signatures.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { startSimulated } from "../../../src/providers/simulated/simulated.ts";
import { fixturesOf } from "../../dialects/fixtures.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const server = startSimulated({ name: "sim", dialect: "gemini" }, { clock: simulatedClock(), random: seededRandom(1) });
afterAll(server.stop);

async function post(body: JsonObject, model = "gemini-2.5-flash", stream = false) {
  const response = await fetch(server.url + gemini.requestPath(model, stream), {
    method: "POST",
    headers: { "x-goog-api-key": "k" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const user = (text: string) => ({ role: "user", parts: [{ text }] });
const call = (name = "f", more: JsonObject = {}) => ({ functionCall: { name, args: {} }, ...more });
const result = (name = "f") => ({ functionResponse: { name, response: { output: "x" } } });
const declared = (parameters: JsonObject) => ({
  contents: [user("Hi")],
  tools: [{ functionDeclarations: [{ name: "f", parameters }] }],
});

describe("refused", () => {
  test.each<[string, JsonObject, RegExp]>([
    ["no contents", {}, /contents is not specified/],
    ["an unknown field", { contents: [user("Hi")], messages: [] }, /Unknown name "messages"/],
    ["an unknown setting", { contents: [user("Hi")], generationConfig: { maxTokens: 1 } }, /Unknown name "maxTokens"/],
    ["another role", { contents: [{ role: "assistant", parts: [{ text: "Hi" }] }] }, /valid role/],
    ["two turns of one role", { contents: [user("Hi"), user("Ho")] }, /alternate/],
    ["a part of nothing", { contents: [{ role: "user", parts: [{}] }] }, /oneof field 'data'/],
    ["a reference", declared({ $ref: "#/x" }), /Unknown name "\$ref"/],
    ["a closed object", declared({ type: "OBJECT", additionalProperties: false }), /additionalProperties/],
    ["an object of nothing", declared({ type: "OBJECT", properties: {} }), /non-empty for OBJECT/],
    ["a list of types", declared({ type: ["string", "null"] }), /cannot start list/],
    [
      "too few results",
      { contents: [user("Hi"), { role: "model", parts: [call(), call()] }, { role: "user", parts: [result()] }] },
      /number of function response parts/,
    ],
    [
      "a result of another function",
      { contents: [user("Hi"), { role: "model", parts: [call()] }, { role: "user", parts: [result("g")] }] },
      /immediately after a function call/,
    ],
    [
      "a foreign signature",
      {
        contents: [
          user("Hi"),
          { role: "model", parts: [call("f", { thoughtSignature: "c2ln" })] },
          { role: "user", parts: [result()] },
        ],
      },
      /signature is not valid/,
    ],
  ])("%s", async (_, body, words) => {
    const { status, text } = await post(body);
    expect(status).toBe(400);
    expect(JSON.parse(text).error.message).toMatch(words);
  });

  test("a call of the current turn without a signature, from Gemini 3 on", async () => {
    const contents = [user("Hi"), { role: "model", parts: [call()] }, { role: "user", parts: [result()] }];
    expect((await post({ contents }, "gemini-2.5-flash")).status).toBe(200);
    expect((await post({ contents }, "gemini-3-pro-preview")).text).toContain("missing a thought_signature");
    const later = [...contents, { role: "model", parts: [{ text: "Done." }] }, user("Thanks")];
    expect((await post({ contents: later }, "gemini-3-pro-preview")).status).toBe(200);
  });
});

const OTHERS = DIALECTS.filter((dialect) => dialect !== gemini).flatMap((dialect) =>
  fixturesOf(dialect.name).requests.map(([file, body]) => [dialect.name, file, dialect, body] as const),
);

test.each(OTHERS)("what %s's %s becomes is taken", async (_, __, dialect, body) => {
  for (const model of ["gemini-2.5-flash", "gemini-3-flash-preview"]) {
    const request = dialect.parseRequest(
      structuredClone(body),
      body["model"] === undefined ? { model: "m" } : undefined,
    );
    withoutOrphans(request);
    const formatted = gemini.formatRequest(request, { traits: { model, vendor: "gemini" }, stream: false }).body;
    // A fixture's signatures are made up.
    const text = JSON.stringify(formatted).replace(/("thoughtSignature":)"[^"]*"/g, `$1"${SKIP_VALIDATION}"`);
    expect(await post(JSON.parse(text), model)).toMatchObject({ status: 200 });
  }
});

/** A fixture may hold results of calls that were never made, which no provider takes. */
function withoutOrphans({ messages }: ChatRequest): void {
  const calls = messages.flatMap(({ content }) =>
    typeof content === "string" ? [] : content.flatMap((part) => (part.type === "tool-call" ? part.id : [])),
  );
  for (const message of messages)
    if (typeof message.content !== "string")
      message.content = message.content.filter(
        (part) => part.type !== "tool-result" || calls.includes(part.toolCallId),
      );
}

test("Google's SDK reads thoughts, calls and their signatures, and brings them back", async () => {
  const ai = new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: server.url } });
  const model = "gemini-3-pro-preview";
  const parametersJsonSchema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const config = {
    tools: [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema }] }],
    thinkingConfig: { includeThoughts: true },
  };
  const chat = ai.chats.create({ model, config });
  const first = await chat.sendMessage({ message: "Use get_weather for Oslo" });
  expect(first.candidates![0]!.content!.parts![0]).toMatchObject({ thought: true });
  expect(first.functionCalls!.map(({ name }) => name!)).toEqual(["get_weather"]);
  const { id, name } = first.functionCalls![0]!;
  const message = [{ functionResponse: { id: id!, name: name!, response: { output: "7 degrees" } } }];
  let text = "";
  for await (const chunk of await chat.sendMessageStream({ message })) text += chunk.text ?? "";
  expect(text).toContain("7 degrees");
});
