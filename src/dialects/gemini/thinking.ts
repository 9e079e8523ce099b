import type { JsonObject, ReasoningOptions } from "../../canonical/chat.ts";
import type { ModelGeneration } from "./models.ts";

/** Google's own table for its OpenAI-compatible endpoint ("Thinking"), the greatest effort beyond it. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 32_768,
};

/** Where a budget becomes a level. */
const LOW_BUDGET_TOKENS = 4_096;
const MEDIUM_BUDGET_TOKENS = 16_384;

/** Share of the cap that a budget may take, so that an answer is left: thoughts count against it. */
const MAX_BUDGET_SHARE = 0.75;

export interface ThinkingPlan {
  thinkingConfig?: JsonObject;
  /** False: what the client asked for is not, or not as asked, possible here. */
  honoured: boolean;
}

/** Thoughts are shown to whoever asked for thinking and did not ask not to see them. */
export function planThinking(
  wish: ReasoningOptions | undefined,
  generation: ModelGeneration,
  maxOutputTokens: number | undefined,
): ThinkingPlan {
  if (!wish || (wish.effort === undefined && wish.budgetTokens === undefined)) return { honoured: true };
  const off = wish.effort === "none";
  if (generation.thinking === "none") return { honoured: off };
  const shown: JsonObject = off ? {} : { includeThoughts: wish.visible !== false };
  if (generation.thinking === "level") {
    const level = levelOf(wish, generation);
    const honoured = !off || level === "minimal";
    return { thinkingConfig: { ...(level !== undefined && { thinkingLevel: level }), ...shown }, honoured };
  }
  const budget = budgetOf(wish, generation, maxOutputTokens);
  return { thinkingConfig: { thinkingBudget: budget, ...shown }, honoured: !off || budget === 0 };
}

/** Gemini 3 always thinks; the lowest level comes nearest to not thinking. */
function levelOf({ effort, budgetTokens }: ReasoningOptions, generation: ModelGeneration): string | undefined {
  if (effort === "adaptive") return undefined;
  const wanted =
    effort ?? (budgetTokens! <= LOW_BUDGET_TOKENS ? "low" : budgetTokens! <= MEDIUM_BUDGET_TOKENS ? "medium" : "high");
  if (wanted === "none" || wanted === "minimal") return generation.lowestLevel;
  if (wanted === "medium") return generation.mediumLevel ? "medium" : "high";
  return wanted === "low" ? "low" : "high";
}

function budgetOf({ effort, budgetTokens }: ReasoningOptions, { budget }: ModelGeneration, cap?: number): number {
  if (effort === "none") return budget.min;
  if (effort === "adaptive") return -1;
  const wanted = budgetTokens ?? BUDGET_TOKENS[effort ?? "medium"] ?? budget.max;
  const fitting = cap === undefined ? wanted : Math.min(wanted, Math.floor(cap * MAX_BUDGET_SHARE));
  return Math.max(budget.min, Math.min(budget.max, fitting));
}
