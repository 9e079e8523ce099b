import type { ChatRequest, JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName } from "../field-names.ts";
import { isObject } from "../json-object.ts";
import type { ContentContext } from "./format-content.ts";
import { foreignConversation, ownConversation } from "./format-messages.ts";
import { writeModelFields } from "./format-model-fields.ts";
import { formatTools } from "./format-tools.ts";
import { modelFamily } from "./models.ts";

export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const warnings = new Set<string>();
  const context: ContentContext = {
    family: modelFamily(changes.traits.model),
    warn: (field) => warnings.add(fieldName(request.dialect, field)),
    warnRaw: (field) => warnings.add(field),
    documentNames: new Set(),
  };
  const own = request.dialect === "bedrock-converse";
  const body = own ? ownBody(request, changes) : foreignBody(request, changes, context);
  for (const field of changes.traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    warnings.add(field);
  }
  return { body, warnings: [...warnings] };
}

function ownBody(request: ChatRequest, { maxOutputTokens }: BodyChanges): JsonObject {
  const body: JsonObject = { ...(request.spelling?.["wire"] as JsonObject), ...ownConversation(request) };
  const { inferenceConfig: config } = body;
  if (maxOutputTokens !== undefined)
    body["inferenceConfig"] = { ...(isObject(config) && config), maxTokens: maxOutputTokens };
  return body;
}

function foreignBody(request: ChatRequest, changes: BodyChanges, context: ContentContext): JsonObject {
  const { system, messages } = foreignConversation(request, context);
  const body: JsonObject = { messages };
  if (system.length > 0) body["system"] = system;
  const toolConfig = formatTools(request, context);
  if (toolConfig) body["toolConfig"] = toolConfig;
  writeModelFields(request, changes, body, context);
  writeMetadata(request, body, context);
  writeServiceTier(request, body, context);
  warnUnknown(request, context);
  return body;
}

/** Keys and values have a small alphabet; they end up in the account's invocation log. */
const METADATA_TEXT = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;
const MAX_METADATA = 16;

function writeMetadata(request: ChatRequest, body: JsonObject, context: ContentContext): void {
  const metadata: JsonObject = {};
  const fits = (key: string, value: unknown): value is string =>
    METADATA_TEXT.test(key) && typeof value === "string" && METADATA_TEXT.test(value);
  for (const [key, value] of Object.entries(request.metadata ?? {})) {
    if (fits(key, value) && Object.keys(metadata).length < MAX_METADATA) metadata[key] = value;
    else context.warn("metadata");
  }
  const { user } = request;
  if (user !== undefined && fits("user", user)) metadata["user"] ??= user;
  else if (user !== undefined) context.warn("user");
  if (Object.keys(metadata).length > 0) body["requestMetadata"] = metadata;
}

const TIERS = ["default", "flex", "priority", "reserved"];

function writeServiceTier({ serviceTier: tier }: ChatRequest, body: JsonObject, context: ContentContext): void {
  if (tier === undefined || tier === "auto" || tier === "standard_only") return;
  if (TIERS.includes(tier)) body["serviceTier"] = { type: tier };
  else context.warn("serviceTier");
}

/** Neutral values ask for nothing, so leaving them out drops nothing. */
function warnUnknown(request: ChatRequest, { warn, warnRaw }: ContentContext): void {
  if (request.n !== undefined && request.n !== 1) warn("n");
  if (request.seed !== undefined) warn("seed");
  if (request.presencePenalty) warn("presencePenalty");
  if (request.frequencyPenalty) warn("frequencyPenalty");
  if (request.logprobs) warn("logprobs");
  if (request.topLogprobs) warn("topLogprobs");
  if (request.prediction !== undefined && request.prediction !== null) warn("prediction");
  if (request.modalities?.some((modality) => modality !== "text")) warn("modalities");
  if (request.audio) warn("audio");
  for (const [field, value] of Object.entries(request.extra ?? {})) if (value !== null) warnRaw(field);
}
