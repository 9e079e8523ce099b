import type { TargetTraits } from "../dialect.ts";

/**
 * `extra_content.google` belongs to Gemini behind an OpenAI-compatible endpoint. Strict servers answer 400 or 422 to a
 * field they do not know, so it goes only where Gemini may be.
 */
const MAY_BE_GEMINI = new Set(["openai-compatible", "openrouter", "simulated"]);

export function keepsGoogleSignatures(traits: TargetTraits): boolean {
  return MAY_BE_GEMINI.has(traits.vendor);
}
