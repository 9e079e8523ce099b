import { expect, test } from "bun:test";
import { camelNames } from "../../../src/providers/simulated/gemini-names.ts";

test("fields have their first name, the caller's own JSON keeps its names", () => {
  expect(
    camelNames({
      generation_config: { max_output_tokens: 5, response_json_schema: { a_b: 1 } },
      contents: [{ parts: [{ function_call: { name: "f", args: { user_id: 1 } } }] }],
      tools: [{ function_declarations: [{ parameters: { min_items: 1, properties: { a_b: {} } } }] }],
    }),
  ).toEqual({
    generationConfig: { maxOutputTokens: 5, responseJsonSchema: { a_b: 1 } },
    contents: [{ parts: [{ functionCall: { name: "f", args: { user_id: 1 } } }] }],
    tools: [{ functionDeclarations: [{ parameters: { minItems: 1, properties: { a_b: {} } } }] }],
  });
});
