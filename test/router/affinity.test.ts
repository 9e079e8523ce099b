import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { type Affinity, affinityOf } from "../../src/router/affinity.ts";

function of(
  json: object,
  mode: Affinity = "prompt",
  { session, tenant = "t" }: { session?: string; tenant?: string } = {},
) {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return affinityOf(
    {
      principal: { kind: "key", id: tenant, name: tenant, allows: () => true },
      options: { fallback: true, explain: false, session },
      body: {
        bytes,
        json: json as JsonObject,
        facts: { model: "m", stream: false, choices: 1, wantsUsage: false },
        chat: () => {
          throw new Error("must not be translated");
        },
      },
    },
    mode,
  );
}

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const system = (content: string) => ({ role: "system", content });
const LONG = "You are a careful assistant. ".repeat(200);

describe("a call belongs nowhere where no prompt cache can be warm", () => {
  test.each([
    ["one short turn", { messages: [user("hi")] }],
    ["a short system prompt", { messages: [system("Be kind."), user("hi")] }],
    ["a long question without a long prefix", { messages: [system("Be kind."), user(LONG)] }],
    ["no list of turns", { input: "hi" }],
  ])("%s", (_name, json) => {
    expect(of(json)).toBeUndefined();
  });

  test.each([
    ["affinity off", "off" as const, { session: "s" }],
    ["session affinity without a session", "session" as const, {}],
  ])("%s", (_name, mode, extra) => {
    expect(of({ messages: [user("hi"), assistant("ho"), user("hm")] }, mode, extra)).toBeUndefined();
  });
});

describe("the same number", () => {
  test("for every turn of a conversation", () => {
    const turns = [user("What is a fox?"), assistant("An animal."), user("And a dog?"), assistant("Too."), user("Ok")];
    expect(of({ messages: turns.slice(0, 3) })).toBe(of({ messages: turns })!);
  });

  test("for every question under one long system prompt, the first one too", () => {
    const first = of({ messages: [system(LONG), user("a")] });
    expect(first).toBeNumber();
    expect(of({ messages: [system(LONG), user("b"), assistant("c"), user("d")] })).toBe(first!);
  });

  test("for every call of a session, whatever it says", () => {
    expect(of({ messages: [user("a")] }, "prompt", { session: "s" })).toBe(
      of({ messages: [user(LONG), assistant("b"), user("c")] }, "session", { session: "s" })!,
    );
  });
});

describe("another number", () => {
  const base = { messages: [system("Be kind."), user("a"), assistant("b"), user("c")] };
  test.each([
    ["another first question", { messages: [system("Be kind."), user("z"), assistant("b"), user("c")] }, {}],
    ["another system prompt", { messages: [system("Be curt."), user("a"), assistant("b"), user("c")] }, {}],
    ["other tools", { ...base, tools: [{ type: "function", function: { name: "f" } }] }, {}],
    ["another tenant", base, { tenant: "u" }],
    ["a session", base, { session: "s" }],
  ])("for %s", (_name, json, extra) => {
    expect(of(json, "prompt", extra)).toBeNumber();
    expect(of(json, "prompt", extra)).not.toBe(of(base)!);
  });
});

describe("the leading parts are found in every dialect", () => {
  test.each([
    ["Anthropic", { system: LONG, messages: [user("a")] }],
    ["Anthropic, in blocks", { system: [{ type: "text", text: LONG }], messages: [user("a")] }],
    [
      "Gemini",
      { systemInstruction: { parts: [{ text: LONG }] }, contents: [{ role: "user", parts: [{ text: "a" }] }] },
    ],
    ["Responses", { instructions: LONG, input: [user("a")] }],
    [
      "tools alone",
      { messages: [user("a")], tools: [{ type: "function", function: { name: "f", description: LONG } }] },
    ],
  ])("%s", (_name, json) => {
    expect(of(json)).toBeNumber();
  });

  test("Gemini calls its assistant model", () => {
    const turn = (role: string, text: string) => ({ role, parts: [{ text }] });
    expect(of({ contents: [turn("user", "a"), turn("model", "b"), turn("user", "c")] })).toBeNumber();
  });
});

test.each([[{ messages: [null, 3, "x"] }], [{ messages: {} }], [{ tools: null, messages: [user(LONG)] }]])(
  "odd bodies are no reason to fail: %j",
  (json) => {
    expect(() => of(json as object)).not.toThrow();
  },
);
