/**
 * The thinking that a request of another dialect asks for, in the words of the model's generation: a token budget
 * (3.7 to 4.6), an effort with adaptive thinking (from 4.6), or nothing. Rules of the API that decide what is sent:
 * the budget is at least 1,024 and less than `max_tokens`; a forced tool, `temperature`, `top_k` and a low `top_p`
 * exclude it; with a budget the last assistant turn of a tool loop must begin with its thinking block.
 */
import type { ChatRequest, JsonObject, ReasoningOptions } from "../../canonical/chat.ts";
import type { ModelSchema } from "./models.ts";

const MIN_BUDGET_TOKENS = 1024;

/** Share of the output that a budget may take, so that an answer is left. */
const MAX_BUDGET_SHARE = 0.75;

/** What an effort may cost: the budget where there is one, and how far an open cap is raised so that an answer fits. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
  adaptive: 8192,
};

export interface ThinkingPlan {
  thinking?: JsonObject;
  effort?: string;
  maxTokens: number;
  /** False: what the client asked for is not, or not as asked, possible here. */
  honoured: boolean;
}

export interface OutputRoom {
  /** Cap that will be written. */
  maxTokens: number;
  /** Nobody set a cap: it may grow by the budget. */
  open: boolean;
}

export function planThinking(
  request: ChatRequest,
  schema: ModelSchema,
  room: OutputRoom,
  messages: readonly JsonObject[],
): ThinkingPlan {
  const plan: ThinkingPlan = { maxTokens: room.maxTokens, honoured: true };
  const wish = request.reasoning;
  if (!wish || (wish.effort === undefined && wish.budgetTokens === undefined)) return plan;
  if (wish.effort === "none") {
    if (schema.alwaysThinks) plan.honoured = false;
    else if (schema.thinksByDefault) plan.thinking = { type: "disabled" };
    return plan;
  }
  if (schema.thinking === "none") return { ...plan, honoured: false };
  const forced = request.toolChoice === "required" || isNamed(request.toolChoice);
  if (forced) return { ...plan, honoured: false };
  const manual = schema.thinking === "manual" || (schema.thinking === "both" && wish.budgetTokens !== undefined);
  if (manual) return planBudget(plan, wish, schema, room, messages);
  plan.thinking = { type: "adaptive", ...display(wish) };
  if (room.open) plan.maxTokens = room.maxTokens + (BUDGET_TOKENS[wish.effort ?? "medium"] ?? MIN_BUDGET_TOKENS);
  plan.effort = effortOf(wish, schema);
  if (wish.budgetTokens !== undefined) plan.honoured = false;
  return plan;
}

function planBudget(
  plan: ThinkingPlan,
  wish: ReasoningOptions,
  schema: ModelSchema,
  room: OutputRoom,
  messages: readonly JsonObject[],
): ThinkingPlan {
  const wanted = Math.max(MIN_BUDGET_TOKENS, wish.budgetTokens ?? BUDGET_TOKENS[wish.effort ?? "medium"] ?? 0);
  const budget = room.open ? wanted : fittingBudget(wanted, room.maxTokens);
  if (budget === undefined || mustBeginWithThinking(messages)) return { ...plan, honoured: false };
  if (room.open) plan.maxTokens = room.maxTokens + budget;
  plan.thinking = { type: "enabled", budget_tokens: budget, ...display(wish) };
  if (schema.maxEffort && wish.effort !== undefined && wish.budgetTokens === undefined)
    plan.effort = effortOf(wish, schema);
  return plan;
}

/** The largest budget up to `wanted` that the cap allows, or undefined when not even the least one fits. */
export function fittingBudget(wanted: number, maxTokens: number): number | undefined {
  if (maxTokens <= MIN_BUDGET_TOKENS) return undefined;
  const share = Math.floor(maxTokens * MAX_BUDGET_SHARE);
  return Math.max(MIN_BUDGET_TOKENS, Math.min(wanted, share));
}

/** A tool loop goes on and its assistant turn has lost its thinking: a budget would be answered with 400. */
export function mustBeginWithThinking(messages: readonly JsonObject[]): boolean {
  const index = messages.findLastIndex((message) => message["role"] === "assistant");
  const content = messages[index]?.["content"];
  if (!Array.isArray(content)) return index !== -1 && index === messages.length - 1;
  const types = content.map((block) => (block as JsonObject)["type"]);
  const open = types.includes("tool_use") || index === messages.length - 1;
  return open && types[0] !== "thinking" && types[0] !== "redacted_thinking";
}

function effortOf(wish: ReasoningOptions, schema: ModelSchema): string | undefined {
  if (!schema.maxEffort || wish.effort === undefined || wish.effort === "adaptive") return undefined;
  const level = wish.effort === "minimal" ? "low" : wish.effort;
  if (level === "xhigh") return schema.maxEffort === "xhigh" ? "xhigh" : "high";
  if (level === "max") return schema.maxEffort === "high" ? "high" : "max";
  return level;
}

function display(wish: ReasoningOptions): JsonObject {
  return wish.visible === undefined ? {} : { display: wish.visible ? "summarized" : "omitted" };
}

function isNamed(choice: ChatRequest["toolChoice"]): boolean {
  return typeof choice === "object" && "name" in choice;
}
