/**
 * Which provider types serve which model families, and which models stand in for each other when a provider is down.
 * Read from the vendors' model lists and the price list on 2026-11-23. Only chat models have equivalents: vectors of
 * two embedding models, or two voices, cannot be exchanged.
 */

/** Roughly equal in price and ability; not a claim that answers are alike. */
export type Tier = "small" | "standard" | "reasoning";

export interface Family {
  /** Provider type to the model's name there; `*` is the name as asked. In order of preference. */
  servedBy: Readonly<Record<string, string>>;
  /** First match decides. A pattern without a tier has no equivalents. */
  patterns: readonly { pattern: string; tier?: Tier }[];
}

/** What each provider type offers in a tier. */
export const TIERS: Readonly<Record<Tier, Readonly<Record<string, string>>>> = {
  small: {
    openai: "gpt-4o-mini",
    "azure-openai": "gpt-4o-mini",
    anthropic: "claude-haiku-4-5",
    gemini: "gemini-2.5-flash",
    vertex: "gemini-2.5-flash",
    groq: "llama-3.1-8b-instant",
    mistral: "mistral-small-latest",
    cohere: "command-r7b-12-2024",
    deepseek: "deepseek-chat",
    xai: "grok-4-fast-non-reasoning",
    openrouter: "openai/gpt-4o-mini",
    perplexity: "sonar",
  },
  standard: {
    openai: "gpt-4o",
    "azure-openai": "gpt-4o",
    anthropic: "claude-sonnet-4-5",
    gemini: "gemini-2.5-pro",
    vertex: "gemini-2.5-pro",
    groq: "llama-3.3-70b-versatile",
    mistral: "mistral-large-latest",
    cohere: "command-a-03-2025",
    deepseek: "deepseek-chat",
    xai: "grok-4-0709",
    openrouter: "openai/gpt-4o",
    perplexity: "sonar-pro",
  },
  reasoning: {
    openai: "gpt-5",
    anthropic: "claude-opus-4-5",
    gemini: "gemini-2.5-pro",
    vertex: "gemini-2.5-pro",
    mistral: "magistral-medium-latest",
    deepseek: "deepseek-reasoner",
    xai: "grok-4-0709",
    openrouter: "openai/gpt-5",
  },
};

/** The first family with a fitting pattern and a configured provider decides. */
export const FAMILIES: readonly Family[] = [
  // Open weights: OpenAI made them and does not serve them.
  { servedBy: { cerebras: "*", groq: "openai/*" }, patterns: [{ pattern: "gpt-oss-*" }] },
  {
    servedBy: { openai: "*", "azure-openai": "*", openrouter: "openai/*" },
    patterns: [
      { pattern: "gpt-image-*" },
      { pattern: "gpt-audio*" },
      { pattern: "gpt-realtime*" },
      { pattern: "gpt-*-transcribe*" },
      { pattern: "gpt-*-tts*" },
      { pattern: "gpt-*-audio-*" },
      { pattern: "gpt-*-realtime-*" },
      { pattern: "gpt-*-mini*", tier: "small" },
      { pattern: "gpt-*-nano*", tier: "small" },
      { pattern: "gpt-3.5-*", tier: "small" },
      { pattern: "gpt-5*", tier: "reasoning" },
      { pattern: "gpt-*", tier: "standard" },
      { pattern: "chatgpt-*", tier: "standard" },
      { pattern: "o1*", tier: "reasoning" },
      { pattern: "o3*", tier: "reasoning" },
      { pattern: "o4*", tier: "reasoning" },
      { pattern: "codex-*", tier: "reasoning" },
      { pattern: "ft:gpt-*" },
    ],
  },
  {
    servedBy: { openai: "*", "azure-openai": "*" },
    patterns: ["text-embedding-*", "dall-e-*", "whisper-1", "tts-*", "omni-moderation-*", "text-moderation-*"].map(
      (pattern) => ({ pattern }),
    ),
  },
  {
    servedBy: { anthropic: "*" },
    patterns: [
      { pattern: "claude-*haiku*", tier: "small" },
      { pattern: "claude-*opus*", tier: "reasoning" },
      { pattern: "claude-*", tier: "standard" },
    ],
  },
  {
    servedBy: { gemini: "*", vertex: "*", openrouter: "google/*" },
    patterns: [
      { pattern: "gemini-*-image*" },
      { pattern: "gemini-*-tts*" },
      { pattern: "gemini-*live*" },
      { pattern: "gemini-embedding-*" },
      { pattern: "gemini-*flash*", tier: "small" },
      { pattern: "gemini-*", tier: "standard" },
    ],
  },
  {
    servedBy: { mistral: "*" },
    patterns: [
      { pattern: "mistral-embed*" },
      { pattern: "mistral-ocr-*" },
      { pattern: "codestral-embed*" },
      { pattern: "voxtral-*" },
      { pattern: "mistral-small*", tier: "small" },
      { pattern: "ministral-*", tier: "small" },
      { pattern: "magistral-*", tier: "reasoning" },
      { pattern: "mistral-*", tier: "standard" },
      { pattern: "codestral-*", tier: "standard" },
      { pattern: "devstral-*", tier: "standard" },
      { pattern: "pixtral-*", tier: "standard" },
      { pattern: "open-mi*", tier: "small" },
    ],
  },
  {
    servedBy: { cohere: "*" },
    patterns: [
      { pattern: "embed-*" },
      { pattern: "rerank-*" },
      { pattern: "command-r7b*", tier: "small" },
      { pattern: "command*", tier: "standard" },
      { pattern: "c4ai-*", tier: "standard" },
    ],
  },
  {
    servedBy: { deepseek: "*", openrouter: "deepseek/*" },
    patterns: [
      { pattern: "deepseek-r*", tier: "reasoning" },
      { pattern: "deepseek-*", tier: "standard" },
    ],
  },
  {
    servedBy: { xai: "*", openrouter: "x-ai/*" },
    patterns: [
      { pattern: "grok-*-image*" },
      { pattern: "grok-voice-*" },
      { pattern: "grok-*-mini*", tier: "small" },
      { pattern: "grok-*-fast*", tier: "small" },
      { pattern: "grok-*", tier: "standard" },
    ],
  },
  { servedBy: { perplexity: "*" }, patterns: [{ pattern: "sonar*", tier: "standard" }] },
  {
    servedBy: { groq: "*" },
    patterns: [
      { pattern: "llama-*-instant", tier: "small" },
      { pattern: "llama-*-versatile", tier: "standard" },
      { pattern: "whisper-large-*" },
    ],
  },
  { servedBy: { cerebras: "*", groq: "*" }, patterns: [{ pattern: "llama*", tier: "standard" }] },
  { servedBy: { fireworks: "*" }, patterns: [{ pattern: "accounts/fireworks/*" }] },
  { servedBy: { openrouter: "*", together: "*" }, patterns: [{ pattern: "*/*" }] },
];
