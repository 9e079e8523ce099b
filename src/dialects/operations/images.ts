/** POST /images/generations. */
import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { malformed, operationWires } from "./operation.ts";
import { invalid, modelFacts, passing, readUsage } from "./passing.ts";
import { count, isObject } from "./read.ts";

/** OpenAI's own bound. */
const MAX_IMAGES = 10;

const form = passing(
  ({ data }) => {
    if (!Array.isArray(data) || data.length === 0) throw malformed("images");
  },
  // Billed by the piece where no tokens are told: what that costs is not nothing.
  (reply) => (isObject(reply["usage"]) ? readUsage(reply) : undefined),
);

export const images = operationWires({
  clients: [],
  upstreams: [],
  same: [{ ...form, requestPath: () => "/images/generations" }],
});

export function inspectImage(body: JsonObject): RequestFacts {
  const facts = modelFacts(body);
  const { prompt, n, stream } = body;
  if (typeof prompt !== "string" || prompt === "") throw invalid("prompt", "'prompt' must be a non-empty string.");
  if (stream !== undefined && stream !== null && stream !== false)
    throw invalid("stream", "Partial images are not streamed here: leave 'stream' out.");
  if (n === undefined || n === null) return facts;
  const choices = count(n);
  if (choices === undefined || choices < 1 || choices > MAX_IMAGES)
    throw invalid("n", `'n' must be a whole number from 1 to ${MAX_IMAGES}.`);
  return { ...facts, choices };
}
