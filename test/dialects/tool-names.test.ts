/** Names of tools that a target refuses. */
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import { otherNames, withFittingNames } from "../../src/dialects/tool-names.ts";

const LONG = `mcp__${"lighthouse_".repeat(12)}`;

function asking(names: readonly string[], more: JsonObject = {}) {
  const tools = names.map((name) => ({ type: "function", function: { name } }));
  return openaiChat.parseRequest({ model: "m", messages: [{ role: "user", content: "Hi" }], tools, ...more });
}

describe("what a tool is called", () => {
  test.each([
    ["gemini", "0", "_0"],
    ["gemini", "-x", "_-x"],
    ["gemini", "a.b:c-d", "a.b:c-d"],
    ["anthropic-messages", "a.b:c", "a_b_c"],
    ["bedrock-converse", "0", "0"],
    ["openai-responses", "größe", "gr__e"],
    ["cohere", "a.b", "a.b"],
  ])("at %s: %s is %s", (dialect, name, there) => {
    expect(otherNames(asking([name]), dialect).get(name) ?? name).toBe(there);
  });

  test("long names that differ at their ends still do, and are the same in every turn", () => {
    const names = otherNames(asking([`${LONG}1`, `${LONG}2`]), "gemini");
    const [one, two] = [...names.values()];
    expect([one!.length, two!.length]).toEqual([64, 64]);
    expect(one).not.toBe(two!);
    expect(otherNames(asking([`${LONG}2`]), "gemini").get(`${LONG}2`)).toBe(two!);
  });

  test("two names that would become one stay two", () => {
    const names = otherNames(asking(["a.b", "a_b", "a:b"]), "anthropic-messages");
    expect(names.has("a_b")).toBe(false);
    expect(new Set(["a_b", ...names.values()]).size).toBe(3);
  });

  test("a target of the client's own dialect judges them itself", () => {
    expect(otherNames(asking(["a.b"]), "openai-chat").size).toBe(0);
  });
});

test("declarations, the choice and the history change together", () => {
  const call = { id: "c1", type: "function", function: { name: "a.b", arguments: "{}" } };
  const request = asking(["a.b", "look"], {
    tool_choice: { type: "function", function: { name: "a.b" } },
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", name: "a.b", content: "1" },
    ],
  });
  const { tools, toolChoice, messages } = withFittingNames(request, "anthropic-messages");
  expect(tools!.map(({ name }) => name)).toEqual(["a_b", "look"]);
  expect(toolChoice).toEqual({ name: "a_b" });
  expect(messages.slice(1).map(({ content }) => content)).toMatchObject([[{ name: "a_b" }], [{ name: "a_b" }]]);
});

test("a call of a tool that is no longer declared is renamed too; what fits is not copied", () => {
  const call = { id: "c1", type: "function", function: { name: "a.b", arguments: "{}" } };
  const messages = [{ role: "assistant", content: null, tool_calls: [call] }];
  const request = openaiChat.parseRequest({ model: "m", messages });
  expect(withFittingNames(request, "gemini")).toBe(request);
  expect(withFittingNames(request, "anthropic-messages").messages[0]!.content).toMatchObject([{ name: "a_b" }]);
});
