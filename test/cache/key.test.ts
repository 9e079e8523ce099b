import { expect, test } from "bun:test";
import { contextHash, exactBodyKey, exactKey, partitionOf } from "../../src/cache/key.ts";
import type { ChatRequest, Message } from "../../src/canonical/chat.ts";
import { seeded } from "./support.ts";

function request(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: "chat",
    dialect: "openai-chat",
    model: "m",
    stream: false,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "What is a quark?" },
    ],
    ...changes,
  };
}
const key = (changes?: Partial<ChatRequest>, partition = "p", model = "m") =>
  exactKey(partition, model, request(changes));
const user = (content: Message["content"]): Message[] => [
  { role: "system", content: "Be brief." },
  { role: "user", content },
];

test.each([
  ["streaming", { stream: true, includeUsage: true }],
  ["another end user", { user: "ann" }],
  ["metadata", { metadata: { a: "b" } }],
  [
    "names of the caller in unknown fields",
    { extra: { safety_identifier: "x", prompt_cache_key: "y", stream_options: {}, user: "z", metadata: {} } },
  ],
  ["another dialect without fields of its own", { dialect: "anthropic-messages" }],
  ["a text as one part", { messages: user([{ type: "text", text: "What is a quark?" }]) }],
  ["a prompt-cache marker", { messages: user([{ type: "text", text: "What is a quark?", cache: { ttl: "5m" } }]) }],
  ["defaults said aloud", { n: 1, tools: [], modalities: ["text"], responseFormat: { type: "text" } }],
  ["the dialect's spelling", { spelling: { maxOutputTokens: "max_tokens" } }],
  ["absent as undefined", { temperature: undefined }],
] satisfies [string, Partial<ChatRequest>][])("%s is not part of the key", (_, changes) => {
  expect(key(changes)).toBe(key());
});

test.each([
  ["case", { messages: user("what is a quark?") }],
  ["white space", { messages: user("What is a quark? ") }],
  [
    "the system prompt",
    {
      messages: [
        { role: "system", content: "Be long." },
        { role: "user", content: "What is a quark?" },
      ],
    },
  ],
  [
    "a role",
    {
      messages: [
        { role: "user", content: "Be brief." },
        { role: "user", content: "What is a quark?" },
      ],
    },
  ],
  ["temperature", { temperature: 0 }],
  ["the output limit", { maxOutputTokens: 5 }],
  ["a seed", { seed: 1 }],
  ["the number of choices", { n: 2 }],
  ["stop sequences", { stop: ["\n"] }],
  ["a tool", { tools: [{ name: "f" }] }],
  ["the answer's format", { responseFormat: { type: "json" } }],
  ["reasoning", { reasoning: { effort: "low" } }],
  ["an unknown field", { extra: { odd: 1 } }],
  [
    "a message's unknown field",
    {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What is a quark?", extra: { odd: 1 } },
      ],
    },
  ],
] satisfies [string, Partial<ChatRequest>][])("%s is part of the key", (_, changes) => {
  expect(key(changes)).not.toBe(key());
});

test("an unknown field means what its own dialect says", () => {
  const extra = { odd: 1 };
  expect(key({ extra })).not.toBe(key({ extra, dialect: "gemini" }));
  expect(key({ extra: { a: 1, b: { c: 1, d: 2 } } })).toBe(key({ extra: { b: { d: 2, c: 1 }, a: 1 } }));
});

test("model and partition are part of the key, and cannot be shifted into each other", () => {
  expect(key({}, "p", "n")).not.toBe(key());
  expect(key({}, "q")).not.toBe(key());
  expect(key({}, "p1", "m")).not.toBe(key({}, "p", "1m"));
});

test("bodies of other operations: key order and the caller's name do not count, values do", () => {
  const body = { model: "alias", input: ["a"], dimensions: 8 };
  const base = exactBodyKey("p", "m", "embed", body);
  expect(exactBodyKey("p", "m", "embed", { dimensions: 8, input: ["a"], model: "m", user: "u" })).toBe(base);
  expect(exactBodyKey("p", "m", "embed", { ...body, input: ["A"] })).not.toBe(base);
  expect(exactBodyKey("p", "m", "moderate", body)).not.toBe(base);
});

test("partitions: own key, team, customer; who has none shares with nobody", () => {
  const ann = { kind: "key" as const, id: "k1", team: "t", customer: "c" };
  const ben = { kind: "key" as const, id: "k2", team: "t", customer: "c" };
  const lone = { kind: "key" as const, id: "t" };
  expect(partitionOf(ann, "key")).not.toBe(partitionOf(ben, "key"));
  expect(partitionOf(ann, "team")).toBe(partitionOf(ben, "team"));
  expect(partitionOf(ann, "customer")).toBe(partitionOf(ben, "customer"));
  expect(partitionOf(ann, "team")).not.toBe(partitionOf(ann, "customer"));
  expect(partitionOf(lone, "team")).not.toBe(partitionOf(ann, "team"));
  expect(partitionOf({ ...lone, kind: "anonymous" }, "key")).not.toBe(partitionOf(lone, "key"));
});

test("10,000 attempts of other tenants reach no foreign key", () => {
  const random = seeded(3);
  const ids = ["k", "K", "k1", 'k"', "k\\", '["key"', "k,1", "", "team", "é", "k\u0000"];
  const owners = new Map<string, string>();
  for (let i = 0; i < 10_000; i++) {
    const id = `${ids[i % ids.length]}${Math.floor(random() * 400)}`;
    const scope = (["key", "team", "customer"] as const)[Math.floor(random() * 3)]!;
    const principal = { kind: "key" as const, id, team: `${id}x`, customer: `x${id}` };
    const partition = partitionOf(principal, scope);
    const owner = JSON.stringify([scope, scope === "key" ? id : principal[scope]]);
    for (const hash of [exactKey(partition, "m", request()), contextHash(partition, "m", request())]) {
      expect(owners.get(hash) ?? owner).toBe(owner);
      owners.set(hash, owner);
    }
  }
});

const talk = (...texts: string[]): Partial<ChatRequest> => ({
  messages: texts.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content })),
});
const context = (changes: Partial<ChatRequest>) => contextHash("p", "m", request(changes));

test("the last user text is not part of the context", () => {
  expect(context(talk("How tall is it?"))).toBe(context(talk("How deep is it?")));
  expect(context(talk("a", "b", "How tall is it?"))).toBe(context(talk("a", "b", "How deep is it?")));
  expect(context({ messages: [{ role: "user", content: [{ type: "text", text: "x" }] }] })).toBe(context(talk("y")));
});

test.each([
  [
    "another earlier question",
    talk("Tell me about Paris", "Fine.", "How tall is it?"),
    talk("Tell me about Rome", "Fine.", "How tall is it?"),
  ],
  [
    "another earlier answer",
    talk("Where?", "In Paris.", "How tall is it?"),
    talk("Where?", "In Rome.", "How tall is it?"),
  ],
  ["no earlier turn", talk("Where?", "In Paris.", "How tall is it?"), talk("How tall is it?")],
  [
    "another system prompt",
    {
      messages: [
        { role: "system", content: "A" },
        { role: "user", content: "x" },
      ],
    },
    {
      messages: [
        { role: "system", content: "B" },
        { role: "user", content: "x" },
      ],
    },
  ],
  ["another parameter", { temperature: 0 }, { temperature: 1 }],
  [
    "media in an earlier turn",
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } }],
        },
        { role: "user", content: "x" },
      ],
    },
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAB" } }],
        },
        { role: "user", content: "x" },
      ],
    },
  ],
] satisfies [string, Partial<ChatRequest>, Partial<ChatRequest>][])(
  "with %s an equal last message is in another context",
  (_, a, b) => {
    expect(context(a)).not.toBe(context(b));
  },
);
