/**
 * Tools that run at the provider cost money of their own and feed what they find back to the model. On a budgeted call
 * they are let through only where both have a bound: a number of uses and a price of each.
 */
import type { Call } from "../canonical/call.ts";
import type { Json, JsonObject } from "../canonical/chat.ts";
import { GatewayError } from "../canonical/errors.ts";

export interface ServerTools {
  /** Searches at most. */
  searches: number;
}

const NONE: ServerTools = { searches: 0 };

/** Run by the client, whatever their definition looks like. */
const CLIENT_TOOL =
  /^(?:function|custom|bash|text_editor|computer|memory|local_shell|apply_patch|shell|namespace)(?:_|$)/;
const WEB_SEARCH = /^web_search(?:_|$)/;

/** Throws GatewayError("invalid_request") for a tool without a bound. `searchPriced`: whether a search has a price. */
export function serverTools(call: Call, searchPriced: boolean): ServerTools {
  const { json } = call.body;
  if (json["web_search_options"] != null) throw unbounded("web_search_options", "web search");
  if (Array.isArray(json["mcp_servers"]) && json["mcp_servers"].length > 0) throw unbounded("mcp_servers", "MCP");
  const reading = { gemini: call.dialect === "gemini", searchPriced };
  const searches = [...listOf(json["tools"]), ...declaredInInput(json["input"])].reduce<number>(
    (sum, tool, index) => sum + searchesOf(tool, `tools[${index}]`, reading),
    0,
  );
  return searches === 0 ? NONE : { searches };
}

interface Reading {
  gemini: boolean;
  searchPriced: boolean;
}

/** Searches of a tool, or of a group of tools, at most. `path` is where it stands. */
function searchesOf(tool: Json, path: string, reading: Reading): number {
  if (!isObject(tool)) return 0;
  let searches = 0;
  for (const [index, inner] of listOf(tool["tools"]).entries())
    searches += searchesOf(inner, `${path}.tools[${index}]`, reading);
  for (const kind of reading.gemini ? geminiKinds(tool) : kindOf(tool)) {
    if (CLIENT_TOOL.test(kind) && !isHosted(tool)) continue;
    const uses = tool["max_uses"];
    if (!WEB_SEARCH.test(kind) || !reading.searchPriced || typeof uses !== "number" || !(uses >= 0))
      throw unbounded(path, kind);
    searches += uses;
  }
  return searches;
}

/** OpenAI's shell runs at the client or, billed by the container, at OpenAI (its guide to that tool, November 2026). */
function isHosted({ environment = null }: JsonObject): boolean {
  return isObject(environment) && environment["type"] !== "local";
}

/** OpenAI's Responses take more tools as an item of the input. */
function declaredInInput(input: Json | undefined): readonly Json[] {
  return listOf(input).flatMap((item) =>
    isObject(item) && item["type"] === "additional_tools" ? listOf(item["tools"]) : [],
  );
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** None for a function of the client's. */
function kindOf(tool: JsonObject): readonly string[] {
  const { type } = tool;
  if (typeof type === "string") return [type];
  if ("functionDeclarations" in tool || "function_declarations" in tool || "input_schema" in tool || "name" in tool)
    return [];
  return Object.keys(tool).slice(0, 1);
}

const GEMINI_FUNCTIONS: readonly string[] = ["functionDeclarations", "function_declarations"];

/** Gemini writes a tool as an object with a field for each kind, several at once. */
function geminiKinds(tool: JsonObject): readonly string[] {
  return Object.keys(tool).filter((kind) => !GEMINI_FUNCTIONS.includes(kind) && tool[kind] !== null);
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function unbounded(param: string, kind: string): GatewayError {
  return new GatewayError(
    "invalid_request",
    `${param}: ${kind} runs at the provider, and what it may cost has no bound (a number of uses and a price are ` +
      "needed); a call under a budget cannot use it.",
    { param },
  );
}
