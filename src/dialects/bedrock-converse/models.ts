/**
 * What the makers' models take beyond the common form, as far as a request of another dialect must be shaped to it.
 * Read from the user guide (supported models and features; prompt caching; structured outputs) in November 2026.
 */
import { type ModelSchema, modelSchema } from "../anthropic-messages/models.ts";

export interface ModelFamily {
  /** The rules of its generation, for Claude. */
  claude?: ModelSchema;
  nova: boolean;
  gptOss: boolean;
  /** `cachePoint` blocks. */
  caches: boolean;
  /** `outputConfig.textFormat`. */
  structuredOutput: boolean;
}

/** Inference profiles have a prefix of regions, and an ARN ends in the id: `us.anthropic.claude-…`. */
export function modelFamily(model: string): ModelFamily {
  const claude = /anthropic\.|claude/i.test(model) ? modelSchema(model) : undefined;
  const nova = /amazon\.nova/i.test(model);
  return {
    ...(claude && { claude }),
    nova,
    gptOss: /openai\.gpt-oss/i.test(model),
    caches: claude !== undefined || nova,
    structuredOutput: claude ? claude.structuredOutput : STRUCTURED.test(model),
  };
}

const STRUCTURED = /(^|[./])(deepseek|google|minimax|mistral|moonshot(ai)?|nvidia|openai|qwen|zai)\./i;
