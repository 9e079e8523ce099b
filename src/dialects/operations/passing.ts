/** Operations that only servers of OpenAI's kind have: the client's bytes pass with the model edited. */
import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { Edit } from "../splice.ts";
import type { SameForm } from "./operation.ts";
import { count, isObject, refusedEdits } from "./read.ts";

/** `isAnswer` tells an answer from an error with status 200; throws MalformedReply. */
export function passing(
  isAnswer: (reply: JsonObject) => void,
  usageOf: (reply: JsonObject) => Usage | undefined = readUsage,
): SameForm {
  return {
    dialect: "openai-chat",
    edits(body, traits) {
      const { edits, warnings } = refusedEdits(body, traits);
      const model: Edit[] = body["model"] === traits.model ? [] : [{ op: "set", path: ["model"], value: traits.model }];
      return { edits: [...model, ...edits], warnings };
    },
    inspectReply(reply) {
      isAnswer(reply);
      const usage = usageOf(reply);
      return usage ? { usage } : {};
    },
  };
}

/** Facts of a body with a model, and the gateway's own 400s for it. */
export function modelFacts({ model, user }: JsonObject): RequestFacts {
  if (model === undefined || model === null) throw invalid("model", "you must provide a model parameter.");
  if (typeof model !== "string" || model === "") throw invalid("model", "'model' must be a non-empty string.");
  const facts: RequestFacts = { model, stream: false, choices: 1, wantsUsage: false };
  if (typeof user === "string" && user !== "") facts.user = user;
  return facts;
}

export function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}

/** In the words of chat or of Responses; without any nothing is billed by tokens. */
export function readUsage({ usage }: JsonObject): Usage {
  if (!isObject(usage)) return { ...NO_USAGE };
  const output = count(usage["output_tokens"]) ?? count(usage["completion_tokens"]) ?? 0;
  // Jina and vLLM tell nothing but the sum for reranking, where nothing is written.
  const sum = Math.max(0, (count(usage["total_tokens"]) ?? 0) - output);
  const input = count(usage["input_tokens"]) ?? count(usage["prompt_tokens"]) ?? sum;
  return { ...NO_USAGE, input, output };
}
