import type { ChatRequest, JsonObject } from "../../canonical/chat.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import { foreignConfig, ownConfig } from "./format-config.ts";
import { formatConversation } from "./format-contents.ts";
import type { PartContext } from "./format-part.ts";
import { formatTools, SEARCH_OPTIONS } from "./format-tools.ts";
import { objectsOf } from "./json.ts";
import { generationOf } from "./models.ts";
import { signatureGaps } from "./signature-gaps.ts";
import { SKIP_VALIDATION } from "./signatures.ts";

/** Model and streaming are in the path, so neither is in the body. */
export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const { traits } = changes;
  const warnings = new Set<string>();
  const generation = generationOf(traits.model);
  const context: PartContext = {
    dialect: request.dialect,
    own: request.dialect === "gemini",
    generation,
    // Vertex answered 400 "Unknown name "id"" until September 2026, and order tells results apart as well.
    callIds: generation.callIds && traits.vendor !== "vertex",
    warn: (field) => warnings.add(field),
    functionNames: functionNamesOf(request),
  };
  const body: JsonObject = {};
  const { systemInstruction, contents } = formatConversation(request, context);
  if (systemInstruction) body["systemInstruction"] = systemInstruction;
  body["contents"] = contents;
  for (const [content, part] of signatureGaps(contents, traits.model))
    objectsOf(contents[content]!["parts"])[part]!["thoughtSignature"] = SKIP_VALIDATION;
  formatTools(request, body, context);
  if (context.own) writeOwn(request, changes, body);
  else writeForeign(request, changes, body, context);
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    context.warn(field);
  }
  return { body, warnings: [...warnings] };
}

function functionNamesOf({ messages }: ChatRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { content } of messages) {
    if (typeof content === "string") continue;
    for (const part of content) if (part.type === "tool-call") names.set(part.id, part.name);
  }
  return names;
}

function writeOwn(request: ChatRequest, changes: BodyChanges, body: JsonObject): void {
  const config = ownConfig(request, changes);
  if (config) body["generationConfig"] = config;
  if (request.serviceTier !== undefined) body["serviceTier"] = request.serviceTier;
  if (request.spelling?.["system"] === null) body["systemInstruction"] = null;
  // A dotted name stands for a field that is written with the object it is in.
  for (const [key, value] of Object.entries(request.extra ?? {})) if (!key.includes(".")) body[key] = value;
  Object.assign(body, request.spelling?.["odd"]);
}

function writeForeign(request: ChatRequest, changes: BodyChanges, body: JsonObject, context: PartContext): void {
  const warn = (field: NamedField) => context.warn(fieldName(request.dialect, field));
  const hasFunctions = request.tools?.some((tool) => !asFunctionTool(tool, () => {}).builtin) === true;
  const config = foreignConfig(request, changes, hasFunctions, context);
  if (Object.keys(config).length > 0) body["generationConfig"] = config;
  const tier = request.serviceTier;
  if ((tier === "flex" || tier === "priority") && changes.traits.vendor === "gemini") body["serviceTier"] = tier;
  else if (tier !== undefined && tier !== "auto" && tier !== "default") warn("serviceTier");
  if (request.user !== undefined) warn("user");
  if (request.prediction !== undefined && request.prediction !== null) warn("prediction");
  if (request.metadata && Object.keys(request.metadata).length > 0) warn("metadata");
  for (const [field, value] of Object.entries(request.extra ?? {}))
    if (value !== null && field !== SEARCH_OPTIONS) context.warn(field);
}
