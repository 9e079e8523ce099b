/** Every ingress dialect works with every upstream one: what arrives there still says the same. */
import { describe, expect, test } from "bun:test";
import type { ChatRequest } from "../../src/canonical/chat.ts";
import { collect } from "../../src/canonical/events.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { fixturesOf } from "./fixtures.ts";
import { callsOf, eventsOf, OPTIONS, parse, partsOf, piecesOf, textOf, unchanged } from "./observe.ts";

const PAIRS = DIALECTS.flatMap((from) =>
  DIALECTS.filter((to) => to !== from).map((to) => [from.name, to.name, from, to] as const),
);

describe.each(PAIRS)("%s to %s", (fromName, _toName, from, to) => {
  const { requests, replies, streams } = fixturesOf(fromName);

  test.each(requests)("%s keeps its texts, tools and media", (_, body) => {
    const request = parse(from, body);
    const changes = unchanged({ ...body, model: request.model });
    const there = to.formatRequest(request, { ...changes, traits: { ...changes.traits, defaultMaxOutputTokens: 100 } });
    const arrived = to.parseRequest(there.body, { model: request.model, stream: request.stream });
    const [before, after] = [summaryOf(request), summaryOf(arrived)];
    for (const text of before.texts) expect(after.texts.join("\n")).toContain(text);
    expect(after.calls).toEqual(expect.arrayContaining(before.calls));
    expect(after.results.toSorted()).toEqual(before.results.toSorted());
    // A dialect may need a declaration for every call in the history, so there can be more of them.
    // One without a choice by name is given the chosen tool alone.
    const { toolChoice } = request;
    const chosen = typeof toolChoice === "object" && "name" in toolChoice ? [toolChoice.name] : before.tools;
    expect(after.tools).toEqual(expect.arrayContaining(chosen));
    // What cannot be carried is said.
    if (after.images < before.images) expect(there.warnings).not.toEqual([]);
    expect(arrived.stream).toBe(request.stream);
  });

  test.each(replies)("%s keeps its words, calls, finish and usage", (_, body) => {
    const answer = from.parseReply(body);
    const first = { ...answer, choices: answer.choices.slice(0, 1) };
    expectSameAnswer(to.parseReply(to.formatReply(first, OPTIONS)), first);
  });

  test.each(streams)("%s keeps its words, calls, finish and usage", (_, bytes) => {
    const events = eventsOf(from, piecesOf(from, [bytes])).filter(
      (event) => !("choice" in event) || event.choice === 0,
    );
    const writer = to.frameWriter(OPTIONS);
    const written = Buffer.concat([...events.map((event) => writer.write([event])), writer.end()]);
    expectSameAnswer(collect(eventsOf(to, piecesOf(to, [written]))), collect(events));
  });
});

function expectSameAnswer(actual: ReturnType<typeof collect>, expected: ReturnType<typeof collect>): void {
  const [a, b] = [actual.choices[0]!, expected.choices[0]!];
  expect(textOf(a.message.content)).toBe(textOf(b.message.content));
  expect(callsOf(a.message.content)).toEqual(callsOf(b.message.content));
  if (["stop", "length", "tool-calls"].includes(b.finish.unified)) expect(a.finish.unified).toBe(b.finish.unified);
  const [input, output] = [actual, expected]
    .map(({ usage }) => usage)
    .map((usage) => [
      (usage?.input ?? 0) +
        (usage?.audioInput ?? 0) +
        (usage?.cacheRead ?? 0) +
        (usage?.cacheWrite5m ?? 0) +
        (usage?.cacheWrite1h ?? 0),
      (usage?.output ?? 0) + (usage?.reasoning ?? 0) + (usage?.audioOutput ?? 0),
    ]);
  expect(input).toEqual(output!);
}

function summaryOf(request: ChatRequest) {
  const parts = request.messages.flatMap((message) => partsOf(message.content));
  const inside = parts.flatMap((part) => (part.type === "tool-result" ? partsOf(part.content) : [part]));
  return {
    texts: inside.flatMap((part) => (part.type === "text" && part.text.trim() !== "" ? [part.text] : [])),
    images: inside.filter((part) => part.type === "image").length,
    calls: callsOf(parts),
    results: parts.flatMap((part) => (part.type === "tool-result" ? [part.toolCallId] : [])),
    tools: (request.tools ?? []).flatMap((tool) => (tool.builtin ? [] : [tool.name])),
  };
}
