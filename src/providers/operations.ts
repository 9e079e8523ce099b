/**
 * Which vendors have which operation besides chat, and in whose form. What a vendor does not have is no target there:
 * routing passes it over. Where each vendor says so (November 2026):
 *
 * - OpenAI, Azure (v1 surface), Anthropic, Gemini, Vertex AI, Bedrock, Cohere, Ollama: their API references; the forms
 *   in dialects/operations name the pages.
 * - vLLM: docs.vllm.ai 0.32, "Online Serving" (embeddings, transcriptions, `/v1/rerank` in Jina's form).
 * - xAI: docs.x.ai, "REST API Reference" (images; no embeddings, and speech in a form of its own).
 * - SambaNova: docs.sambanova.ai, API reference (embeddings, audio).
 * - Together: docs.together.ai reference and its SDK (embeddings, rerank, images, audio).
 * - DeepInfra: deepinfra.com/docs/openai_api and its SDK's endpoints below `/v1/openai` (embeddings, images, audio).
 * - OpenRouter: openrouter.ai/docs/api_reference/embeddings.
 * - Fireworks: docs.fireworks.ai, "Querying embedding and reranking models"; its transcriptions are at another host.
 * - Mistral: docs.mistral.ai/api (embeddings, moderations, transcriptions). Groq: console.groq.com/docs (audio).
 * - NVIDIA: docs.api.nvidia.com (embeddings; its reranking has paths and a form of its own).
 *
 * `openai-compatible` may have any of OpenAI's; what it lacks answers 404, and the next target is tried.
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
