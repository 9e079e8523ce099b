import { expect, test } from "bun:test";
import { serverTools } from "../../src/budget/server-tools.ts";
import type { Json } from "../../src/canonical/chat.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { callOf } from "./support.ts";

function refusedAt(dialect: string, tool: Json): string | undefined {
  const call = { ...callOf(simulatedClock(), { body: { tools: [tool] } }), dialect };
  try {
    serverTools(call, true);
    return undefined;
  } catch (error) {
    return error instanceof GatewayError ? error.param : "another error";
  }
}

const FUNCTIONS = [{ name: "f", parameters: { type: "object", properties: {} } }];

test.each<[string, string, Json, string | undefined]>([
  ["Gemini's functions", "gemini", { functionDeclarations: FUNCTIONS }, undefined],
  ["in snake case", "gemini", { function_declarations: FUNCTIONS }, undefined],
  ["a field that is not set", "gemini", { functionDeclarations: FUNCTIONS, googleSearch: null }, undefined],
  ["Gemini's search", "gemini", { googleSearch: {} }, "tools[0]"],
  ["the same beside functions", "gemini", { functionDeclarations: FUNCTIONS, googleSearch: {} }, "tools[0]"],
  ["the same behind a name", "gemini", { name: "f", google_search: {} }, "tools[0]"],
  ["a shell at the client", "openai-responses", { type: "shell" }, undefined],
  ["the same, said so", "openai-responses", { type: "shell", environment: { type: "local" } }, undefined],
  ["a hosted shell", "openai-responses", { type: "shell", environment: { type: "container_auto" } }, "tools[0]"],
  [
    "a container of before",
    "openai-responses",
    { type: "shell", environment: { type: "container_reference", container_id: "c" } },
    "tools[0]",
  ],
  [
    "a group of functions",
    "openai-responses",
    { type: "namespace", name: "n", tools: [{ type: "function", name: "f" }] },
    undefined,
  ],
  [
    "a group with a search",
    "openai-responses",
    { type: "namespace", name: "n", tools: [{ type: "function", name: "f" }, { type: "web_search" }] },
    "tools[0].tools[1]",
  ],
])("whether a tool's cost has a bound: %s", (_, dialect, tool, param) => {
  expect(refusedAt(dialect, tool)).toBe(param);
});

test("searches of all tools are held, those in groups too", () => {
  const search = (uses: number) => ({ type: "web_search_20250305", name: "web_search", max_uses: uses });
  const tools = [search(2), { type: "namespace", name: "n", tools: [search(3)] }];
  expect(serverTools(callOf(simulatedClock(), { body: { tools } }), true)).toEqual({ searches: 5 });
});
