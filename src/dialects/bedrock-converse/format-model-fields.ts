/** Sampling, thinking and the form of the output: partly in the common form, partly in fields of the model's maker. */
import type { ChatRequest, JsonObject } from "../../canonical/chat.ts";
import type { ModelSchema } from "../anthropic-messages/models.ts";
import { supportedSchema } from "../anthropic-messages/structured-output.ts";
import { planThinking } from "../anthropic-messages/thinking.ts";
import type { BodyChanges } from "../dialect.ts";
import type { ContentContext } from "./format-content.ts";

export function writeModelFields(
  request: ChatRequest,
  changes: BodyChanges,
  body: JsonObject,
  context: ContentContext,
): void {
  const config: JsonObject = {};
  const fields: JsonObject = {};
  const cap = changes.maxOutputTokens ?? request.maxOutputTokens;
  if (cap !== undefined) config["maxTokens"] = cap;
  const { claude } = context.family;
  if (claude) writeClaude(request, changes, claude, { body, config, fields, context });
  else writeOthers(request, config, fields, context);
  const stops = request.stop?.filter((text) => text.trim() !== "") ?? [];
  if (stops.length > 0) config["stopSequences"] = stops;
  if (stops.length < (request.stop?.length ?? 0)) context.warn("stop");
  writeOutputFormat(request, body, context);
  if (Object.keys(config).length > 0) body["inferenceConfig"] = config;
  if (Object.keys(fields).length > 0) body["additionalModelRequestFields"] = fields;
}

interface Written {
  body: JsonObject;
  config: JsonObject;
  fields: JsonObject;
  context: ContentContext;
}

/** Bedrock's own cap where none is sent is the model's maximum, and that much quota is held: a thinking call gets one. */
const THINKING_ROOM_TOKENS = 4096;

/** Claude's own rules hold here too: see ../anthropic-messages/format-request.ts. */
function writeClaude(request: ChatRequest, changes: BodyChanges, schema: ModelSchema, written: Written): void {
  const { body, config, fields, context } = written;
  const cap = changes.maxOutputTokens ?? request.maxOutputTokens;
  const room = {
    maxTokens: cap ?? changes.traits.defaultMaxOutputTokens ?? THINKING_ROOM_TOKENS,
    open: cap === undefined,
  };
  const plan = planThinking(request, schema, room, lastTurnTypes(body["messages"] as JsonObject[]));
  if (plan.thinking) fields["thinking"] = plan.thinking;
  if (plan.effort !== undefined) fields["output_config"] = { effort: plan.effort };
  if (!plan.honoured) context.warn("reasoning");
  const thinks = plan.thinking !== undefined && plan.thinking["type"] !== "disabled";
  if (thinks) config["maxTokens"] = plan.maxTokens;
  const { temperature, topP, topK } = request;
  const plain = schema.sampling && !thinks;
  // 1 is the default: leaving it out honours it.
  if (temperature !== undefined && temperature !== 1) {
    if (plain) config["temperature"] = Math.min(1, temperature);
    if (!plain || temperature > 1) context.warn("temperature");
  }
  if (topP !== undefined && topP !== 1) {
    const alone = schema.bothTemperatureAndTopP || config["temperature"] === undefined;
    if (schema.sampling && alone && (!thinks || topP >= 0.95)) config["topP"] = topP;
    else context.warn("topP");
  }
  if (topK !== undefined) {
    if (plain) fields["top_k"] = topK;
    else context.warn("topK");
  }
  if (request.parallelToolCalls === false && body["toolConfig"]) context.warn("parallelToolCalls");
}

/** The last assistant turn in Anthropic's words, as far as the rules for thinking look at it. */
function lastTurnTypes(messages: readonly JsonObject[]): JsonObject[] {
  return messages.map((message) => ({
    role: message["role"]!,
    content: (message["content"] as JsonObject[]).map((block) => ({
      type: block["reasoningContent"] ? "thinking" : block["toolUse"] ? "tool_use" : "text",
    })),
  }));
}

const NOVA_EFFORTS: Readonly<Record<string, string>> = {
  minimal: "low",
  xhigh: "high",
  max: "high",
  adaptive: "medium",
};

function writeOthers(request: ChatRequest, config: JsonObject, fields: JsonObject, context: ContentContext): void {
  const { temperature, topP, topK, reasoning, parallelToolCalls } = request;
  const { nova, gptOss } = context.family;
  if (temperature !== undefined) {
    config["temperature"] = Math.min(1, temperature);
    if (temperature > 1) context.warn("temperature");
  }
  if (topP !== undefined) config["topP"] = topP;
  if (topK !== undefined) {
    if (nova) fields["inferenceConfig"] = { topK };
    else context.warn("topK");
  }
  if (parallelToolCalls === false) context.warn("parallelToolCalls");
  const effort = reasoning?.effort;
  if (effort === undefined && reasoning?.budgetTokens === undefined) return;
  const level = NOVA_EFFORTS[effort ?? "medium"] ?? effort ?? "medium";
  if (gptOss && effort !== "none") fields["reasoning_effort"] = level;
  else if (nova && effort !== "none") fields["reasoningConfig"] = { type: "enabled", maxReasoningEffort: level };
  else if (!(nova && effort === "none")) context.warn("reasoning");
}

/** The schema travels as text. There is no mode for "any JSON". */
function writeOutputFormat(request: ChatRequest, body: JsonObject, { family, warn }: ContentContext): void {
  const format = request.responseFormat;
  if (!format || format.type === "text") return;
  if (format.type !== "json-schema" || !format.schema || !family.structuredOutput) {
    warn("responseFormat");
    return;
  }
  const schema = family.claude ? supportedSchema(format.schema) : format.schema;
  body["outputConfig"] = {
    textFormat: {
      type: "json_schema",
      structure: {
        jsonSchema: {
          schema: JSON.stringify(schema),
          ...(format.name !== undefined && { name: format.name }),
          ...(format.description !== undefined && { description: format.description }),
        },
      },
    },
  };
}
