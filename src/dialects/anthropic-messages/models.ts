/**
 * What a Claude model's request schema takes, by generation, as far as a request that comes from another dialect must
 * be shaped to it. Read from platform.claude.com (model pages, migration guides, "Effort", "Thinking", "Structured
 * outputs", "Mid-conversation system messages"), November 2026. A request in Anthropic's own dialect is never reshaped:
 * its client chose the fields.
 */
export interface ModelSchema {
  /** `manual` has a token budget, `adaptive` an effort; Claude 4.6 takes both. */
  thinking: "none" | "manual" | "both" | "adaptive";
  /** Thinks unless told otherwise: `disabled` has to be written. */
  thinksByDefault: boolean;
  /** Fable and Mythos cannot be kept from thinking. */
  alwaysThinks: boolean;
  /** `output_config.effort`, highest level; absent when the field is refused. */
  maxEffort?: "high" | "max" | "xhigh";
  /** `temperature`, `top_p`, `top_k`. */
  sampling: boolean;
  /** `temperature` beside `top_p`. */
  bothTemperatureAndTopP: boolean;
  /** `output_config.format` and strict tools. */
  structuredOutput: boolean;
  /** Messages of role `system`. */
  systemMessages: boolean;
}

/** Models that are no Claude (other makers behind this dialect) get the fields every such server knows. */
const UNKNOWN: ModelSchema = {
  thinking: "manual",
  thinksByDefault: false,
  alwaysThinks: false,
  sampling: true,
  bothTemperatureAndTopP: true,
  structuredOutput: false,
  systemMessages: false,
};

export function modelSchema(model: string): ModelSchema {
  if (!/claude/i.test(model)) return UNKNOWN;
  const version = versionOf(model);
  const opus = /opus/i.test(model);
  const alwaysThinks = /fable|mythos/i.test(model);
  const schema: ModelSchema = {
    thinking: version < 307 ? "none" : version < 406 ? "manual" : version < 407 ? "both" : "adaptive",
    thinksByDefault: version >= 500,
    alwaysThinks,
    sampling: version < 407,
    bothTemperatureAndTopP: version < 401,
    structuredOutput: version >= 401,
    systemMessages: version >= 408,
  };
  if (version >= 407) schema.maxEffort = "xhigh";
  else if (version === 406) schema.maxEffort = "max";
  else if (version === 405 && opus) schema.maxEffort = "high";
  return schema;
}

/**
 * Major * 100 + minor: 3.5 of `claude-3-5-sonnet-20241022`, 4.0 of `claude-opus-4-20250514`, 4.5 of
 * `anthropic.claude-sonnet-4-5-20250929-v1:0`. A name without a number is taken for the newest.
 */
function versionOf(model: string): number {
  const match = /claude-(?:instant-|v)?(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/i.exec(model);
  if (!match) return 999;
  return Number(match[1]) * 100 + Number(match[2] ?? 0);
}
