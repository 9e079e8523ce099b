/** Whether a model is given the long first-token and whole-answer timeouts by default. */
export function isReasoningModel(model: string): boolean {
  const name = bareModelName(model);
  return !NOT_REASONING.test(name) && REASONING_MODELS.some((pattern) => pattern.test(name));
}

/** `openai/gpt-5` at an aggregator and `gpt-5` at its maker have the same quirks. */
export function bareModelName(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}

/** Models that think before they write: their first token may take a minute or more. Matched after the last slash. */
const REASONING_MODELS: readonly RegExp[] = [
  /^o\d(-|$)/,
  // gpt-5-chat answers at once; everything else of the family thinks unless told not to.
  /^gpt-5(?!.*chat)/,
  /^gpt-oss/,
  /^deepseek-(reasoner|r\d)/,
  /thinking/,
  /^grok-.*reasoning/,
  /^grok-(3-mini|4)/,
  /(^|-)qwq/,
  /^(magistral|sonar-reasoning|sonar-deep-research)/,
  /^gemini-(2\.5|[3-9])-?.*pro/,
];
const NOT_REASONING = /non-reasoning|non-thinking|nothink/;
