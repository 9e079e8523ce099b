/**
 * Which vendors have which operation besides chat, and in whose form. What a vendor does not have is no target there:
 * routing passes it over. Not checked vendor by vendor against their references.
 */
import type { Operation } from "../canonical/call.ts";
import { OPERATIONS } from "../dialects/operations/index.ts";
import type { Vendor } from "./vendors.ts";

/** An operation at one provider: the dialect of its form there, and the path below the base URL. */
export interface OfferedForm {
  dialect: string;
  path: string;
}

export function offeredForm(operation: Operation, vendor: Vendor, model: string): OfferedForm | undefined {
  const { type } = vendor;
  const offered = type === "simulated" || OFFERED_BY[operation]?.has(type);
  if (!offered) return undefined;
  const dialect = type === "vertex" ? "vertex-predict" : vendor.dialect;
  const path = OPERATIONS[operation]?.requestPath(dialect, model);
  return path === undefined ? undefined : { dialect, path };
}

const OFFERED_BY: Readonly<Partial<Record<Operation, ReadonlySet<string>>>> = {
  embed: new Set([
    "openai",
    "azure-openai",
    "mistral",
    "together",
    "fireworks",
    "openrouter",
    "nvidia",
    "sambanova",
    "deepinfra",
    "vllm",
    "openai-compatible",
    "gemini",
    "vertex",
    "cohere",
    "bedrock",
    "ollama",
  ]),
  speech: new Set(["openai", "azure-openai", "groq", "together", "openai-compatible"]),
  transcribe: new Set([
    "openai",
    "azure-openai",
    "groq",
    "mistral",
    "together",
    "sambanova",
    "deepinfra",
    "vllm",
    "openai-compatible",
  ]),
  count: new Set(["anthropic", "gemini"]),
  moderate: new Set(["openai", "mistral", "openai-compatible"]),
  rerank: new Set(["cohere", "together", "fireworks", "vllm", "openai-compatible"]),
  image: new Set(["openai", "azure-openai", "xai", "together", "deepinfra", "openai-compatible"]),
};
