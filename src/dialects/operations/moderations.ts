/** POST /moderations, as OpenAI and Mistral have it. */
import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { malformed, operationWires } from "./operation.ts";
import { invalid, modelFacts, passing } from "./passing.ts";

const form = passing(({ results }) => {
  if (!Array.isArray(results)) throw malformed("results");
});

export const moderations = operationWires({
  clients: [],
  upstreams: [],
  same: [{ ...form, requestPath: () => "/moderations" }],
});

export function inspectModeration(body: JsonObject): RequestFacts {
  const facts = modelFacts(body);
  const { input } = body;
  if (input === undefined || input === null) throw invalid("input", "Missing required parameter: 'input'.");
  if (typeof input !== "string" && !Array.isArray(input)) throw invalid("input", "'input' must be a string or a list.");
  return facts;
}
