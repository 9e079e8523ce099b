/** What a model answers that was given functions for a client's custom tools, as the client reads it. */
import { expect, test } from "bun:test";
import type { Part } from "../../../src/canonical/chat.ts";
import { collect, type ReplyEvent, replay } from "../../../src/canonical/events.ts";
import type { Reply } from "../../../src/canonical/reply.ts";
import { withDeclaredCalls } from "../../../src/dialects/custom-tools/restore-calls.ts";
import { openaiResponses } from "../../../src/dialects/openai-responses/openai-responses.ts";
import { eventsOf, OPTIONS, piecesOf } from "../observe.ts";

const REQUEST = openaiResponses.parseRequest({
  model: "m",
  input: "Hi",
  tools: [
    { type: "custom", name: "edit_map" },
    { type: "local_shell" },
    { type: "function", name: "look" },
    { type: "function", name: "harbour.tides" },
    { type: "custom", name: "harbour.log" },
    { type: "namespace", name: "crew", tools: [{ type: "function", name: "call" }] },
  ],
});
const PATCH = '*** Begin\n+ "three" \\ 🙂 tab\t*** End\n';

/** The events of a call whose arguments come in these pieces. */
function called(name: string, jsons: readonly string[], part = 0): ReplyEvent[] {
  return [
    { type: "tool-call", choice: 0, part, id: `call_${part}`, name },
    ...jsons.map((json): ReplyEvent => ({ type: "arguments", choice: 0, part, json })),
  ];
}

const FINISH: ReplyEvent = { type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "tool_use" } };

async function restored(events: readonly ReplyEvent[]): Promise<ReplyEvent[]> {
  const left = events.map((event) => ({ mark: "content" as const, bytes: new Uint8Array(1), events: [event] }));
  const reply: Reply = {
    dialect: "anthropic-messages",
    form: "stream",
    pieces: {
      next: async () => {
        const value = left.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
    },
    reader: () => (piece) => piece.events ?? [],
  };
  const shown = withDeclaredCalls(reply, REQUEST);
  const read = shown.reader();
  const all: ReplyEvent[] = [];
  for (let next = await shown.pieces.next(); !next.done; next = await shown.pieces.next()) {
    // The upstream's bytes would say something else.
    expect(next.value.bytes).toBeUndefined();
    all.push(...read(next.value));
  }
  return all;
}

function partsOf(events: readonly ReplyEvent[]) {
  return collect(events).choices[0]!.message.content;
}

const ESCAPED = JSON.stringify({ input: PATCH });
const ASCII = ESCAPED.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

test.each([
  ["as JSON writes it", ESCAPED],
  ["in ASCII", ASCII],
  ["with white space", `\n { "input" :  ${JSON.stringify(PATCH)} }\n`],
  ["with bare line ends", ESCAPED.replaceAll("\\n", "\n")],
  ["with something behind it", ESCAPED.replace("}", ', "mode": "fast"}')],
])("text %s comes whole, however it is cut, and no half of a pair alone", async (_, json) => {
  const letters = [...json];
  for (let cut = 0; cut <= letters.length; cut++) {
    const pieces = [letters.slice(0, cut).join(""), letters.slice(cut).join("")];
    const events = await restored([...called("edit_map", pieces), FINISH]);
    expect(partsOf(events)).toEqual([
      { type: "tool-call", id: "call_0", name: "edit_map", arguments: PATCH, custom: true },
    ]);
    for (const event of events) if (event.type === "arguments") expect(event.json.isWellFormed()).toBe(true);
  }
});

test("text is told as it comes, not at the end", async () => {
  const events = await restored(called("edit_map", ['{"input":"one', " two", " thr\\u00"]));
  expect(events.flatMap((event) => (event.type === "arguments" ? [event.json] : []))).toEqual(["one", " two", " thr"]);
});

test.each([
  ["another name", '{"patch":"go 3"}', "go 3"],
  ["the name behind another", '{"why":"because","input":"go 3"}', "go 3"],
  ["a bare text", "go 3", "go 3"],
  ["several texts", '{"a":"x","b":"y"}', '{"a":"x","b":"y"}'],
  ["half an object", '{"inp', ""],
  ["nothing", "", ""],
])("arguments in the form of %s", async (_, json, text) => {
  const events = await restored([...called("edit_map", [json]), FINISH]);
  expect(partsOf(events)).toMatchObject([{ arguments: text, custom: true }]);
  expect(events.at(-1)).toEqual(FINISH);
});

test("parallel calls keep their own, and functions are left alone", async () => {
  const [start, first, rest] = called("edit_map", ['{"input":"a', 'b"}']);
  const plain = called("look", ['{"input":"x"}'], 1);
  const events = await restored([start!, first!, ...plain, rest!, FINISH]);
  expect(partsOf(events)).toEqual([
    { type: "tool-call", id: "call_0", name: "edit_map", arguments: "ab", custom: true },
    { type: "tool-call", id: "call_1", name: "look", arguments: '{"input":"x"}' },
  ]);
});

test.each([
  ['{"command":["ls"],"timeout_ms":50}', "completed", { type: "exec", command: ["ls"], env: {}, timeout_ms: 50 }],
  ['{"command":["l', "incomplete", { type: "exec", command: [], env: {} }],
])("a shell call is an item of its own: %s", async (json, status, action) => {
  const events = await restored([...called("local_shell", [json]), FINISH]);
  expect(partsOf(events)).toEqual([
    {
      type: "opaque",
      dialect: "openai-responses",
      kind: "local_shell_call",
      raw: { type: "local_shell_call", id: "lsh_call_0", call_id: "call_0", status, action },
    },
  ]);
});

test("names that the target does not take are the client's own again", async () => {
  const calls = [...called("harbour_tides", ["{}"]), ...called("harbour_log", ['{"input":"calm"}'], 1), FINISH];
  expect(partsOf(await restored(calls))).toEqual([
    { type: "tool-call", id: "call_0", name: "harbour.tides", arguments: "{}" },
    { type: "tool-call", id: "call_1", name: "harbour.log", arguments: "calm", custom: true },
  ]);
});

test("a group's tool is called with its group, which the client's dialect tells and reads again", async () => {
  const events = await restored([...called("crew__call", ["{}"]), FINISH]);
  const [call] = partsOf(events) as Part[];
  expect(call).toEqual({ type: "tool-call", id: "call_0", name: "call", arguments: "{}", namespace: "crew" });
  const writer = openaiResponses.frameWriter(OPTIONS);
  const bytes = Buffer.concat([writer.write([{ type: "start", id: "r", model: "m" }, ...events]), writer.end()]);
  const read = eventsOf(openaiResponses, piecesOf(openaiResponses, [bytes]));
  expect(partsOf(read)).toEqual([call!]);
  expect(partsOf([...replay(collect(read))])).toEqual([call!]);
});
