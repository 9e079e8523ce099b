/** Names of tools that a target refuses. */
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { anthropicMessages } from "../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import { openaiResponses } from "../../src/dialects/openai-responses/openai-responses.ts";
import { otherNames, withFittingNames } from "../../src/dialects/tool-names.ts";
import { unchanged } from "./observe.ts";

const LONG = `mcp__${"lighthouse_".repeat(12)}`;

function asking(names: readonly string[], more: JsonObject = {}) {
  const tools = names.map((name) => ({ type: "function", function: { name } }));
  return openaiChat.parseRequest({ model: "m", messages: [{ role: "user", content: "Hi" }], tools, ...more });
}

function namesAt(dialect: string, names: readonly string[]): Map<string, string> {
  return new Map(otherNames(asking(names), dialect).map(({ tool, name }) => [tool.name, name]));
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
    expect(namesAt(dialect, [name]).get(name) ?? name).toBe(there);
  });

  test("long names that differ at their ends still do, and are the same in every turn", () => {
    const names = namesAt("gemini", [`${LONG}1`, `${LONG}2`]);
    const [one, two] = [...names.values()];
    expect([one!.length, two!.length]).toEqual([64, 64]);
    expect(one).not.toBe(two!);
    expect(namesAt("gemini", [`${LONG}2`]).get(`${LONG}2`)).toBe(two!);
  });

  test("two names that would become one stay two", () => {
    const names = namesAt("anthropic-messages", ["a.b", "a_b", "a:b"]);
    expect(names.has("a_b")).toBe(false);
    expect(new Set(["a_b", ...names.values()]).size).toBe(3);
  });

  test("a target of the client's own dialect judges them itself", () => {
    expect(namesAt("openai-chat", ["a.b"]).size).toBe(0);
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

test("tools that are declared in the input are tools, and nobody's words", () => {
  const given = { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "look" }] };
  const said = { role: "user", content: "Hi" };
  for (const input of [
    [given, said],
    [said, given],
  ]) {
    const body = { model: "m", input };
    const request = openaiResponses.parseRequest(body);
    expect(request.tools).toEqual([{ name: "look" }]);
    const { body: sent, warnings } = anthropicMessages.formatRequest(request, unchanged(body));
    expect(sent["messages"]).toEqual([{ role: "user", content: "Hi" }]);
    expect(warnings).toEqual([]);
    expect(openaiResponses.formatRequest(request, unchanged(body)).body["input"]).toEqual(input);
  }
});

test("a group's tools are functions of their own, and a call finds its tool by group or without", () => {
  const tool = (name: string) => ({ type: "function", name, parameters: { type: "object" } });
  const call = (name: string, namespace: string) => ({
    type: "function_call",
    call_id: "c",
    name,
    namespace,
    arguments: "{}",
  });
  const request = openaiResponses.parseRequest({
    model: "m",
    tools: [{ type: "namespace", name: "harbour", tools: [tool("tides"), tool("log")] }, tool("log")],
    input: [{ role: "user", content: "Hi" }, call("log", "harbour"), call("log", "log")],
  });
  const { tools, messages } = withFittingNames(request, "cohere");
  expect(tools!.map(({ name }) => name)).toEqual(["harbour__tides", "harbour__log", "log"]);
  expect(messages[1]!.content).toMatchObject([{ name: "harbour__log" }, { name: "log" }]);
});
