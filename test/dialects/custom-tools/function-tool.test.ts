/** Custom tools and the local shell where no dialect but OpenAI's has them: declared, called and answered as functions. */
import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../../../src/canonical/chat.ts";
import type { Dialect } from "../../../src/dialects/dialect.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/openai-chat.ts";
import { openaiResponses } from "../../../src/dialects/openai-responses/openai-responses.ts";
import { unchanged } from "../observe.ts";

const LARK = 'start: "go" NUMBER';
const DESCRIPTION = "Edits the map.";

const RESPONSES: JsonObject = {
  model: "m",
  input: [
    { role: "user", content: "Edit the map." },
    { type: "custom_tool_call", id: "ctc_1", call_id: "c1", name: "edit_map", input: 'go "3"\n' },
    { type: "custom_tool_call_output", call_id: "c1", output: "done" },
    { type: "local_shell_call", id: "lsh_1", call_id: "c2", status: "completed", action: shell(["ls", "-a"]) },
    { type: "local_shell_call_output", id: "c2", output: "map.txt" },
    { role: "user", content: "Again." },
  ],
  tools: [
    {
      type: "custom",
      name: "edit_map",
      description: DESCRIPTION,
      format: { type: "grammar", syntax: "lark", definition: LARK },
    },
    { type: "local_shell" },
  ],
  tool_choice: { type: "custom", name: "edit_map" },
};

const CHAT: JsonObject = {
  model: "m",
  messages: [
    { role: "user", content: "Edit the map." },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "custom", custom: { name: "edit_map", input: 'go "3"\n' } }],
    },
    { role: "tool", tool_call_id: "c1", content: "done" },
    { role: "user", content: "Again." },
  ],
  tools: [
    {
      type: "custom",
      custom: {
        name: "edit_map",
        description: DESCRIPTION,
        format: { type: "grammar", grammar: { syntax: "lark", definition: LARK } },
      },
    },
  ],
  tool_choice: { type: "custom", custom: { name: "edit_map" } },
};

function shell(command: string[]): JsonObject {
  return { type: "exec", command, env: {}, timeout_ms: null };
}

/** Every object in the body that has this member. */
function having(value: Json, key: string): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((one) => having(one, key));
  if (typeof value !== "object" || value === null) return [];
  return [...(key in value ? [value] : []), ...Object.values(value).flatMap((one) => having(one, key))];
}

const CLIENTS: [string, Dialect, JsonObject, string][] = [
  ["openai-responses", openaiResponses, RESPONSES, "tools[].format"],
  ["openai-chat", openaiChat, CHAT, "tools[].custom.format"],
];
const OWN = new Set(["openai-chat", "openai-responses"]);

describe.each(CLIENTS)("of %s", (client, from, given, warning) => {
  const targets = DIALECTS.filter(({ name }) => name !== client && name !== "openai-responses");
  test.each(targets.map((one) => [one.name, one] as const))("are functions at %s", (_, to) => {
    const { body, warnings } = to.formatRequest(from.parseRequest(given), unchanged({ model: "claude-sonnet-4-5" }));
    const declared = having(body["tools"] ?? body["toolConfig"] ?? null, "description").filter(({ description }) =>
      String(description).includes(DESCRIPTION),
    );
    expect(declared).toHaveLength(1);
    expect(declared[0]!["name"]).toBe("edit_map");
    expect(declared[0]!["description"]).toContain(LARK);
    expect(having(declared[0]!, "input")).toHaveLength(1);
    expect(warnings).toContain(warning);
    expect(warnings.filter((field) => field.startsWith("tools[].custom") && field !== warning)).toEqual([]);
    // The call of the history, as that function's.
    const text = JSON.stringify(body).replaceAll("\\", "");
    expect(text).toContain('{"input":"go "3"n"}');
    expect(text).toContain("done");
    expect(text).not.toContain('"type":"custom"');
  });
});

test("the local shell is a function where it is foreign, its calls and results too", () => {
  const { body, warnings } = openaiChat.formatRequest(
    openaiResponses.parseRequest(RESPONSES),
    unchanged({ model: "m" }),
  );
  const [, declared] = body["tools"] as { function: { name: string } }[];
  expect(declared!.function.name).toBe("local_shell");
  expect(warnings).toEqual(["tools[].format"]);
  expect((body["messages"] as JsonObject[]).slice(3, 5)).toEqual([
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "c2", type: "function", function: { name: "local_shell", arguments: '{"command":["ls","-a"]}' } },
      ],
    },
    { role: "tool", tool_call_id: "c2", content: "map.txt" },
  ]);
});

test("between OpenAI's own dialects a custom tool stays one, its grammar in the target's place", () => {
  const { body, warnings } = openaiResponses.formatRequest(openaiChat.parseRequest(CHAT), unchanged({ model: "m" }));
  expect(warnings).toEqual([]);
  const [declared] = RESPONSES["tools"] as Json[];
  expect(body["tools"]).toEqual([declared!]);
  expect(body["tool_choice"]).toEqual({ type: "custom", name: "edit_map" });
  expect((body["input"] as JsonObject[])[1]).toEqual({
    type: "custom_tool_call",
    call_id: "c1",
    name: "edit_map",
    input: 'go "3"\n',
  });
});

test.each([
  ["no format", {}],
  ["text", { format: { type: "text" } }],
])("%s enforces nothing, so nothing is lost", (_, format) => {
  const body = { model: "m", input: "Hi", tools: [{ type: "custom", name: "say", ...format }] };
  for (const to of DIALECTS.filter(({ name }) => !OWN.has(name)))
    expect(to.formatRequest(openaiResponses.parseRequest(body), unchanged(body)).warnings).toEqual([]);
});
