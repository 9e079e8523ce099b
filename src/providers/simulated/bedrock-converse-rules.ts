/** What Bedrock's Converse refuses with a ValidationException before any model runs, and what Claude refuses there. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS = new Set([
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "outputConfig",
  "guardrailConfig",
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "performanceConfig",
  "promptVariables",
  "requestMetadata",
  "serviceTier",
]);
const INFERENCE_FIELDS = new Set(["maxTokens", "temperature", "topP", "stopSequences"]);
const BLOCKS = new Set([
  "text",
  "image",
  "document",
  "video",
  "audio",
  "toolUse",
  "toolResult",
  "reasoningContent",
  "guardContent",
  "cachePoint",
  "citationsContent",
  "searchResult",
]);
const IMAGE_FORMATS = ["png", "jpeg", "gif", "webp"];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function refuseBedrockConverse(body: JsonObject, model: string, strict: boolean): WireRefusal | undefined {
  const unknown = strict ? Object.keys(body).find((name) => !FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`Malformed input request: #: extraneous key [${unknown}] is not permitted`);
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0)
    return refusal(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  return (
    refuseInference(body["inferenceConfig"] as JsonObject | undefined) ??
    refuseTools(body["toolConfig"] as JsonObject | undefined) ??
    refuseMessages(messages as JsonObject[], body["toolConfig"] !== undefined, /claude/.test(model))
  );
}

function refuseInference(config: JsonObject = {}): WireRefusal | undefined {
  const unknown = Object.keys(config).find((name) => !INFERENCE_FIELDS.has(name));
  if (unknown)
    return refusal(`Malformed input request: #/inferenceConfig: extraneous key [${unknown}] is not permitted`);
  const { maxTokens, temperature } = config;
  if (maxTokens !== undefined && (!Number.isInteger(maxTokens) || (maxTokens as number) < 1))
    return refusal(
      "Value at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  if (temperature !== undefined && ((temperature as number) < 0 || (temperature as number) > 1))
    return refusal(
      "Value at 'inferenceConfig.temperature' failed to satisfy constraint: Member must be between 0 and 1",
    );
  return undefined;
}

function refuseTools(config: JsonObject | undefined): WireRefusal | undefined {
  if (!config) return undefined;
  const tools = config["tools"] as JsonObject[] | undefined;
  if (!tools || tools.length === 0)
    return refusal(
      "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  for (const tool of tools) {
    const spec = tool["toolSpec"] as JsonObject | undefined;
    if (!spec) continue;
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(spec["name"])))
      return refusal(
        `Value '${spec["name"]}' at 'toolConfig.tools.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
      );
    if (spec["description"] === "")
      return refusal(
        "Value at 'toolConfig.tools.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1",
      );
    const schema = (spec["inputSchema"] as JsonObject | undefined)?.["json"] as JsonObject | undefined;
    if (schema?.["type"] !== "object")
      return refusal(
        "The value at toolConfig.tools.toolSpec.inputSchema.json.type must be one of the following: object.",
      );
  }
  return undefined;
}

/** Roles take turns from the user on; every call is answered in the next turn, and nothing else is. */
function refuseMessages(messages: JsonObject[], hasTools: boolean, claude: boolean): WireRefusal | undefined {
  let open = new Set<string>();
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== (index % 2 === 0 ? "user" : "assistant"))
      return refusal(
        index === 0
          ? "A conversation must start with a user message. Try again with a conversation that starts with a user message."
          : "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      );
    const blocks = content as JsonObject[];
    if (!Array.isArray(blocks) || blocks.length === 0)
      return refusal(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    const place = (block: number) => `messages.${index}.content.${block}`;
    for (const [at, block] of blocks.entries()) {
      const fault = refuseBlock(block, place(at), hasTools);
      if (fault) return fault;
      if (claude && block["reasoningContent"] && !isSigned(block["reasoningContent"] as JsonObject))
        return refusal(
          `The model returned the following errors: ${place(at)}: Invalid \`signature\` in \`thinking\` block`,
        );
    }
    const results = blocks.flatMap((block) => (block["toolResult"] ? [idOf(block["toolResult"])] : []));
    const unasked = results.find((id) => !open.delete(id));
    if (unasked !== undefined || (index > 0 && open.size > 0 && role === "user"))
      return refusal(
        `The number of toolResult blocks at messages.${index}.content exceeds or misses the number of toolUse blocks of previous turn: ${unasked ?? [...open].join(", ")}.`,
      );
    if (role === "assistant")
      open = new Set(blocks.flatMap((block) => (block["toolUse"] ? [idOf(block["toolUse"])] : [])));
  }
  const last = messages.at(-1)!;
  const text = (last["content"] as JsonObject[]).at(-1)?.["text"];
  if (claude && last["role"] === "assistant" && typeof text === "string" && /\s$/.test(text))
    return refusal(
      "The model returned the following errors: messages: final assistant content cannot end with trailing whitespace",
    );
  return undefined;
}

function idOf(block: Json): string {
  return String((block as JsonObject)["toolUseId"]);
}

function refuseBlock(block: JsonObject, place: string, hasTools: boolean): WireRefusal | undefined {
  const kinds = Object.keys(block);
  const unknown = kinds.find((kind) => !BLOCKS.has(kind));
  if (unknown || kinds.length !== 1)
    return refusal(`Malformed input request: #/${place}: extraneous key [${unknown ?? kinds[1]}] is not permitted`);
  const { text, image, toolUse, toolResult } = block as Record<string, JsonObject | undefined>;
  if (text !== undefined && String(text).trim() === "")
    return refusal(
      `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
    );
  if (image) return refuseImage(image, place);
  const tool = toolUse ?? toolResult;
  if (!tool) return undefined;
  if (!hasTools)
    return refusal("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
  if (!/^[a-zA-Z0-9_.:-]{1,64}$/.test(String(tool["toolUseId"])))
    return refusal(
      `Value '${tool["toolUseId"]}' at '${place}.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
    );
  if (toolUse && (typeof toolUse["input"] !== "object" || toolUse["input"] === null || Array.isArray(toolUse["input"])))
    return refusal(
      `The format of the value at ${place}.toolUse.input is invalid. Provide a json object for the field and try again.`,
    );
  if (toolResult?.["status"] === "error" && (toolResult["content"] as Json[]).length === 0)
    return refusal(`The content field at ${place}.toolResult cannot be empty when status value is error`);
  return undefined;
}

function refuseImage(image: JsonObject, place: string): WireRefusal | undefined {
  const bytes = (image["source"] as JsonObject | undefined)?.["bytes"];
  if (!IMAGE_FORMATS.includes(String(image["format"])))
    return refusal(
      `Value '${image["format"]}' at '${place}.image.format' failed to satisfy constraint: Member must satisfy enum value set: [${IMAGE_FORMATS.join(", ")}]`,
    );
  if (typeof bytes !== "string" || !BASE64.test(bytes)) return refusal(`The image at ${place} holds no bytes.`);
  return undefined;
}

function isSigned(reasoning: JsonObject): boolean {
  if (reasoning["redactedContent"] !== undefined) return true;
  const { text, signature } = reasoning["reasoningText"] as JsonObject;
  return signature === signatureOf(String(text));
}

/** A signature that binds the text, so that a changed or foreign one is found out. */
export function signatureOf(thinking: string): string {
  return `bedrock${new Bun.CryptoHasher("sha256").update(thinking).digest("base64").slice(0, 40)}`;
}

function refusal(message: string): WireRefusal {
  return { refused: "invalid_request", message };
}
