import type { ChatRequest, Json, JsonObject, ReasoningOptions, ResponseFormat, Tool } from "../../canonical/chat.ts";
import { customDefinition, grammarOf } from "../custom-tools/function-tool.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import { isNeutral } from "../openai-chat/json.ts";
import { isForeignReasoning, topLevelEdits } from "./edits.ts";
import { formatMessages } from "./format-items.ts";
import { NUMBERS } from "./parse-request.ts";

export interface FormatContext {
  /** Names a field of the client's dialect that the target cannot honour. */
  warn(field: NamedField): void;
  /** The same for a field without a canonical name. */
  warnRaw(field: string): void;
}

export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const warnings = new Set<string>();
  const context: FormatContext = {
    warn: (field) => warnings.add(fieldName(request.dialect, field)),
    warnRaw: (field) => warnings.add(field),
  };
  const written = request.dialect === "openai-responses" ? (request.spelling?.["body"] as JsonObject) : undefined;
  if (written) return repeat(request, written, changes, context, warnings);
  const { instructions, input } = formatMessages(request.messages, context);
  const body: JsonObject = { model: changes.traits.model, ...(instructions !== "" && { instructions }), input };
  const limit = changes.maxOutputTokens ?? request.maxOutputTokens;
  if (limit !== undefined) body["max_output_tokens"] = limit;
  if (changes.stream) body["stream"] = true;
  // The conversation is kept by whoever asks in another dialect; nothing of it has to stay with the provider.
  body["store"] = false;
  for (const [key, name] of NUMBERS) if (request[name] !== undefined) body[key] = request[name];
  writeTools(request, body, context);
  writeFormat(request.responseFormat, body);
  writeReasoning(request.reasoning, body, changes, context);
  if (request.logprobs) body["include"] = [...((body["include"] as Json[]) ?? []), "message.output_text.logprobs"];
  if (request.user !== undefined) body["user"] = request.user;
  writeWarnings(request, context);
  for (const field of changes.traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    context.warnRaw(field);
  }
  return { body, warnings: [...warnings] };
}

/** The client's own body, its input item by item: what was added to the conversation since is formatted. */
function repeat(
  request: ChatRequest,
  written: JsonObject,
  changes: BodyChanges,
  context: FormatContext,
  warnings: Set<string>,
): FormattedRequest {
  const body: JsonObject = { ...written };
  const items: Json[] = [];
  let text: string | undefined;
  for (const message of request.messages) {
    const own = message.spelling?.["items"];
    if (typeof own === "string") text = own;
    if (typeof own === "string") items.push({ role: "user", content: own });
    else if (Array.isArray(own)) items.push(...own.filter((item) => !isForeignReasoning(item)));
    else items.push(...formatMessages([message], context).input);
  }
  if (text !== undefined && items.length === 1) body["input"] = text;
  else if (written["input"] !== undefined || items.length > 0) body["input"] = items;
  const { edits, warnings: refused } = topLevelEdits(written, changes);
  for (const edit of edits) {
    const name = edit.path[0] as string;
    if (edit.op === "set") body[name] = edit.value;
    else delete body[name];
  }
  for (const field of refused) warnings.add(field);
  return { body, warnings: [...warnings] };
}

function writeTools(request: ChatRequest, body: JsonObject, context: FormatContext): void {
  const tools = (request.tools ?? []).flatMap((tool) => formatTool(tool, context));
  if (tools.length === 0) return;
  body["tools"] = tools;
  const { toolChoice: choice } = request;
  if (typeof choice === "string") body["tool_choice"] = choice;
  else if (choice && "name" in choice)
    body["tool_choice"] = { type: isCustom(request, choice.name) ? "custom" : "function", name: choice.name };
  else if (choice) context.warn("toolChoice");
  if (request.parallelToolCalls !== undefined) body["parallel_tool_calls"] = request.parallelToolCalls;
}

function formatTool(tool: Tool, context: FormatContext): JsonObject[] {
  const custom = customDefinition(tool);
  if (custom) {
    const grammar = grammarOf(custom);
    return [{ type: "custom", ...custom, ...(grammar && { format: { type: "grammar", ...grammar } }) }];
  }
  if (tool.builtin) {
    context.warnRaw(`tools[].${tool.builtin.kind}`);
    return [];
  }
  for (const key of Object.keys(tool.extra ?? {})) context.warnRaw(`tools[].${key}`);
  const wire: JsonObject = { type: "function", name: tool.name };
  if (tool.description !== undefined) wire["description"] = tool.description;
  wire["parameters"] = tool.parameters ?? { type: "object", properties: {} };
  // Absent means strict here, and a schema that was not written for it is a 400.
  wire["strict"] = tool.strict ?? false;
  return [wire];
}

function isCustom({ tools }: ChatRequest, name: string): boolean {
  return tools?.some((tool) => tool.name === name && customDefinition(tool)) === true;
}

function writeFormat(format: ResponseFormat | undefined, body: JsonObject): void {
  if (!format || format.type === "text") return;
  if (format.type === "json" || !format.schema) {
    body["text"] = { format: { type: "json_object" } };
    return;
  }
  const { name = "answer", description, schema, strict } = format;
  const wire: JsonObject = { type: "json_schema", name, schema };
  if (description !== undefined) wire["description"] = description;
  if (strict !== undefined) wire["strict"] = strict;
  body["text"] = { format: wire };
}

/** `reasoning` is a 400 on models that do not reason. */
const TAKES_EFFORT = /^(o\d|gpt-[5-9]|gpt-oss|codex|grok-3-mini|grok-[4-9])/i;
/** Where a budget turns into a word: thirds of what current models use at most, about 24,000 tokens. */
const LOW_BUDGET_TOKENS = 4_096;
const MEDIUM_BUDGET_TOKENS = 16_384;

function writeReasoning(
  reasoning: ReasoningOptions | undefined,
  body: JsonObject,
  { traits }: BodyChanges,
  context: FormatContext,
): void {
  const takes = TAKES_EFFORT.test(traits.model.slice(traits.model.lastIndexOf("/") + 1));
  // Without it the next turn would have lost its thoughts.
  if (takes) body["include"] = ["reasoning.encrypted_content"];
  if (!reasoning) return;
  const effort = effortOf(reasoning);
  if (!takes) {
    if (effort !== undefined && effort !== "none") context.warn("reasoning");
    return;
  }
  const wire: JsonObject = {};
  if (effort !== undefined) wire["effort"] = effort;
  if (reasoning.visible) wire["summary"] = "auto";
  if (Object.keys(wire).length > 0) body["reasoning"] = wire;
}

function effortOf({ effort, budgetTokens }: ReasoningOptions): string | undefined {
  if (effort === "adaptive") return undefined;
  // The highest word that every reasoning model knows.
  if (effort === "max" || effort === "xhigh") return "high";
  if (effort !== undefined) return effort;
  if (budgetTokens === undefined) return undefined;
  return budgetTokens <= LOW_BUDGET_TOKENS ? "low" : budgetTokens <= MEDIUM_BUDGET_TOKENS ? "medium" : "high";
}

function writeWarnings(request: ChatRequest, context: FormatContext): void {
  if ((request.n ?? 1) > 1) context.warn("n");
  for (const name of ["seed", "topK", "presencePenalty", "frequencyPenalty", "prediction", "audio"] as const)
    if (request[name] !== undefined) context.warn(name);
  if (request.stop && request.stop.length > 0) context.warn("stop");
  if (request.modalities?.some((modality) => modality !== "text")) context.warn("modalities");
  if (request.metadata && Object.keys(request.metadata).length > 0) context.warn("metadata");
  if (request.serviceTier !== undefined && request.serviceTier !== "auto") context.warn("serviceTier");
  for (const [field, value] of Object.entries(request.extra ?? {})) if (!isNeutral(value)) context.warnRaw(field);
}
