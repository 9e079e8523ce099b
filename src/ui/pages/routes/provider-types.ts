/** The types of providers, and what each needs besides keys. */
import type { ProviderSettings } from "../../../config/settings-routing.ts";

type ProviderType = ProviderSettings["type"];

/** Named here for the choice in the form; the gateway has the last word. */
const NEEDS = {
  openai: [],
  anthropic: [],
  gemini: [],
  "openai-compatible": ["baseUrl"],
  "azure-openai": ["baseUrl", "apiVersion"],
  bedrock: ["region"],
  vertex: ["project", "location"],
  cerebras: [],
  cohere: [],
  deepinfra: [],
  deepseek: [],
  fireworks: [],
  groq: [],
  huggingface: [],
  mistral: [],
  nvidia: [],
  ollama: [],
  openrouter: [],
  perplexity: [],
  sambanova: [],
  simulated: [],
  together: [],
  vllm: [],
  xai: [],
} as const satisfies Record<ProviderType, readonly string[]>;

export const PROVIDER_TYPES = Object.keys(NEEDS) as ProviderType[];

/** Settings that only some types have, and that have a field where they do. */
export const SPECIAL_FIELDS = {
  apiVersion: { label: "API version", placeholder: "2025-04-01-preview" },
  region: { label: "AWS region", placeholder: "eu-west-1" },
  project: { label: "Google Cloud project", placeholder: "my-project" },
  location: { label: "Location", placeholder: "europe-west1" },
} as const;

export type SpecialField = keyof typeof SPECIAL_FIELDS;

export function specialFieldsOf(type: string): SpecialField[] {
  const needs: readonly string[] = NEEDS[type as ProviderType] ?? [];
  return (Object.keys(SPECIAL_FIELDS) as SpecialField[]).filter((field) => needs.includes(field));
}

export function needsAddress(type: string): boolean {
  return (NEEDS[type as ProviderType] as readonly string[] | undefined)?.includes("baseUrl") ?? false;
}
