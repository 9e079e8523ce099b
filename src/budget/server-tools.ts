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
  const tools = [...listOf(json["tools"]), ...declaredInInput(json["input"])];
  if (tools.length === 0) return NONE;
  let searches = 0;
  for (const [index, tool] of tools.entries()) {
    if (!isObject(tool)) continue;
    const kind = kindOf(tool);
    if (kind === undefined || CLIENT_TOOL.test(kind)) continue;
    const uses = tool["max_uses"];
    if (!WEB_SEARCH.test(kind) || !searchPriced || typeof uses !== "number" || !(uses >= 0)) {
      throw unbounded(`tools[${index}]`, kind);
    }
    searches += uses;
  }
  return searches === 0 ? NONE : { searches };
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

/** Undefined for a function of the client's. Gemini writes a tool as an object with one field by its kind. */
function kindOf(tool: JsonObject): string | undefined {
  const { type } = tool;
  if (typeof type === "string") return type;
  if ("functionDeclarations" in tool || "function_declarations" in tool || "input_schema" in tool || "name" in tool) {
    return undefined;
  }
  return Object.keys(tool)[0];
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
