import { expect, test } from "bun:test";
import { eligibleLength, eligibleRequest, sharableAnswer, storableAnswer } from "../../src/cache/eligibility.ts";
import type { ChatRequest, Part } from "../../src/canonical/chat.ts";
import type { Answer } from "../../src/canonical/events.ts";

function request(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: "chat",
    dialect: "openai-chat",
    model: "m",
    stream: false,
    messages: [{ role: "user", content: "What is a quark?" }],
    ...changes,
  };
}
const asking = (text: string) => eligibleRequest(request({ messages: [{ role: "user", content: text }] }));
const image: Part = { type: "image", source: { kind: "url", url: "https://a.example/x.png" } };
const call: Part = { type: "tool-call", id: "1", name: "f", arguments: "{}" };

test.each([
  ["a plain question", {}],
  ["a temperature at the limit", { temperature: 1 }],
  ["one choice, said aloud", { n: 1 }],
  ["an empty list of tools", { tools: [] }],
  ["one text part", { messages: [{ role: "user", content: [{ type: "text", text: "What is a quark?" }] }] }],
  [
    "media in an earlier turn",
    {
      messages: [
        { role: "user", content: [image] },
        { role: "assistant", content: "A cat." },
        { role: "user", content: "What is a quark?" },
      ],
    },
  ],
] satisfies [string, Partial<ChatRequest>][])("%s is eligible", (_, changes) => {
  expect(eligibleRequest(request(changes))).toEqual({ eligible: true, text: "What is a quark?" });
});

test.each([
  ["tools", { tools: [{ name: "f" }] }],
  [
    "tools",
    {
      messages: [
        { role: "assistant", content: [call] },
        { role: "user", content: "Go on" },
      ],
    },
  ],
  [
    "tools",
    {
      messages: [
        { role: "tool", content: "4" },
        { role: "user", content: "Go on" },
      ],
    },
  ],
  ["more than one choice", { n: 2 }],
  ["temperature above the limit", { temperature: 1.1 }],
  ["logprobs or prediction", { logprobs: true }],
  ["output other than text", { modalities: ["text", "audio"] }],
  ["last turn is not a user's", { messages: [{ role: "assistant", content: "Hm" }] }],
  ["last turn is not a user's", { messages: [] }],
  ["media in the last turn", { messages: [{ role: "user", content: [{ type: "text", text: "See" }, image] }] }],
  [
    "last turn is not one text",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      ],
    },
  ],
  ["no text", { messages: [{ role: "user", content: "  \n" }] }],
  ["too long", { messages: [{ role: "user", content: "x ".repeat(3_000) }] }],
  ["time-bound wording", { messages: [{ role: "user", content: "What is the weather today?" }] }],
] satisfies [string, Partial<ChatRequest>][])("refused as %p: %p", (reason, changes) => {
  expect(eligibleRequest(request(changes))).toEqual({ eligible: false, reason });
});

test("the temperature limit is the operator's", () => {
  expect(eligibleRequest(request({ temperature: 0.3 }), { maxTemperature: 0.2 }).eligible).toBe(false);
  expect(eligibleRequest(request({ temperature: 1.5 }), { maxTemperature: 2 }).eligible).toBe(true);
});

test.each([
  "Who is the CEO of Nokia now?",
  "What's the latest version?",
  "Show orders from the last hour",
  "What happened yesterday in Oslo?",
  "Sales this month",
  "Who won ten years ago?",
  "What time is it in Rome?",
  "Any recent news?",
  "the next 3 weeks",
  "Wie wird das Wetter heute?",
  "¿Qué tiempo hace hoy?",
  "今日の天気は？",
])("time-bound: %p", (text) => {
  expect(asking(text)).toEqual({ eligible: false, reason: "time-bound wording" });
});

test.each([
  "How do I open a current account?",
  "How do I undo the last git commit?",
  "What is alternating current?",
  "Delete the first rows of the table.",
  "Who knows the answer?",
  "What is a knowhow?",
])("not time-bound: %p", (text) => {
  expect(asking(text).eligible).toBe(true);
});

test("256 word pieces are seen by the model, the 257th is not", () => {
  expect([eligibleLength(256), eligibleLength(257)]).toEqual([true, false]);
});

const answer = (
  unified: Answer["choices"][number]["finish"]["unified"],
  content: Part[] | string = "A particle.",
): Answer => ({
  id: "1",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content }, finish: { unified, raw: unified } }],
});

test.each([
  ["stop", true, true],
  ["tool-calls", true, false],
  ["length", false, false],
  ["content-filter", false, false],
  ["refusal", false, false],
  ["pause", false, false],
  ["other", false, false],
] as const)("finish %p: exact %p, by meaning %p", (finish, exact, meaning) => {
  expect(storableAnswer(answer(finish)).storable).toBe(exact);
  expect(sharableAnswer(answer(finish), []).storable).toBe(meaning);
});

test.each([
  ["warnings", answer("stop"), ["top_k"]],
  ["tools", answer("stop", [call]), []],
  ["output other than text", answer("stop", [{ type: "refusal", text: "No." }]), []],
  ["no text", answer("stop", " "), []],
  ["more than one choice", { ...answer("stop"), choices: [] }, []],
] as [string, Answer, string[]][])("an answer with %p is not served for other wordings", (reason, given, warnings) => {
  expect(sharableAnswer(given, warnings)).toEqual({ storable: false, reason });
});

test("an answer without any choice is stored nowhere", () => {
  expect(storableAnswer({ id: "1", model: "m", choices: [] })).toEqual({ storable: false, reason: "no answer" });
});
