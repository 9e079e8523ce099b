/**
 * The provider types as rows of data (INTERFACE §2.2): where they are, how they are signed, what their models refuse.
 * A vendor that speaks an existing dialect is one row here and no file of code. Facts were read from the vendors' own
 * documentation and from the error messages their users report, in November 2026; a quirk names its source.
 */
import type { TargetTraits } from "../dialects/dialect.ts";
import { bareModelName } from "./reasoning-models.ts";

/** How a plain API key travels. The secret is appended to `prefix`. */
export interface KeyHeader {
  name: string;
  prefix: string;
}

export type VendorTraits = Omit<TargetTraits, "model" | "vendor">;

export interface Vendor {
  /** The `type` of a provider in the configuration. */
  type: string;
  /** For people. */
  label: string;
  /** Name of the dialect spoken for chat. */
  dialect: string;
  /** True where `/responses` is spoken as well, for every chat model: clients of that API get it unchanged. */
  responses?: boolean;
  /**
   * Where legacy completions are offered beside chat: at every model, or at those whose name matches. A server that
   * turns out not to have them is asked by chat.
   */
  completions?: true | RegExp;
  /** In the form the vendor's own SDK takes. Absent: the operator has to give one. */
  baseUrl?: string;
  /** Variables that hold its keys, first found wins; several keys are comma-separated. */
  keyVariables: readonly string[];
  /** Variables that hold its address, first found wins. */
  baseUrlVariables: readonly string[];
  /** Absent: keys are structured credentials, signed by code of their own. */
  keyHeader?: KeyHeader;
  /** True where running without any key is ordinary. */
  keyOptional?: boolean;
  /** Sent with every request unless the operator or, where allowed, the client says otherwise. */
  headers?: Readonly<Record<string, string>>;
  /** Client headers that this vendor understands; lower case. */
  clientHeaders?: readonly string[];
  /** A version segment that people add to a root address by habit; removed from the end of `baseUrl`. */
  surplusPath?: string;
  traits: VendorTraits;
  /** Overrides for models whose name (after the last slash) matches; later rows win. */
  models?: readonly { match: RegExp; traits: VendorTraits }[];
}

/** What most rows have in common is left out of them: `COMMON`, and variables named after the type. */
type Row = Pick<Vendor, "type" | "label" | "traits"> & Partial<Vendor>;

const BEARER: KeyHeader = { name: "authorization", prefix: "Bearer " };

const COMMON = { dialect: "openai-chat", keyHeader: BEARER } satisfies Partial<Vendor>;

/** `system` is understood by every OpenAI-compatible server, `developer` by OpenAI and Azure alone. */
const COMPATIBLE: VendorTraits = { developerRole: false, maxTokensField: "max_tokens" };

/**
 * OpenAI's reasoning models refuse sampling parameters with 400 `unsupported_value` / `unsupported_parameter`
 * (reasoning guide; Azure's "Reasoning models: not supported" list). From gpt-5.1 on they are accepted while thinking
 * is off, so those get only the renamed limit. `stop` is refused as well but stays: without it the answer would be
 * another one, so the upstream's own 400 moves the call to a target that supports it.
 */
const OPENAI_MODELS: Vendor["models"] = [
  { match: /^(o\d|gpt-5|codex-)/, traits: { maxTokensField: "max_completion_tokens" } },
  {
    match: /^(o\d|gpt-5(-mini|-nano|-pro|-codex)?(-\d{4}-\d\d-\d\d)?$)/,
    traits: {
      maxTokensField: "max_completion_tokens",
      refuses: [
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "logprobs",
        "top_logprobs",
        "logit_bias",
      ],
    },
  },
  // Answered 400 "does not support 'developer' with this model" while they were served (o1 launch notes).
  {
    match: /^o1-(mini|preview)/,
    traits: { developerRole: false, maxTokensField: "max_completion_tokens" },
  },
];

/** The only models of OpenAI that complete; the others answer 404 there (deprecations page, November 2026). */
const COMPLETING = /^(ft:)?(gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/;

const ROWS: readonly Row[] = [
  {
    type: "openai",
    label: "OpenAI",
    completions: COMPLETING,
    responses: true,
    baseUrl: "https://api.openai.com/v1",
    clientHeaders: ["openai-beta"],
    traits: { maxTokensField: "either", reasoningField: "none" },
    models: OPENAI_MODELS,
  },
  {
    type: "azure-openai",
    label: "Azure OpenAI",
    completions: COMPLETING,
    responses: true,
    baseUrlVariables: ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_BASE_URL"],
    keyHeader: { name: "api-key", prefix: "" },
    clientHeaders: ["openai-beta"],
    surplusPath: "/openai(/v1)?",
    traits: { maxTokensField: "either", reasoningField: "none" },
    models: OPENAI_MODELS,
  },
  {
    type: "anthropic",
    label: "Anthropic",
    dialect: "anthropic-messages",
    baseUrl: "https://api.anthropic.com",
    keyHeader: { name: "x-api-key", prefix: "" },
    // The only version there is since June 2023; a request without it is a 400.
    headers: { "anthropic-version": "2023-06-01" },
    clientHeaders: ["anthropic-beta", "anthropic-version"],
    surplusPath: "/v1",
    // `max_tokens` is required there; 4,096 is what every Claude model since Claude 3 can write.
    traits: { defaultMaxOutputTokens: 4096 },
  },
  {
    type: "groq",
    label: "Groq",
    baseUrl: "https://api.groq.com/openai/v1",
    // "will result in a 400 error if they are supplied": console.groq.com/docs/openai.
    traits: {
      developerRole: false,
      maxTokensField: "either",
      reasoningField: "reasoning",
      refuses: ["logprobs", "top_logprobs", "logit_bias"],
    },
  },
  {
    type: "mistral",
    label: "Mistral",
    baseUrl: "https://api.mistral.ai/v1",
    // Its schema forbids every field it does not define: 422 `extra_forbidden` for `max_completion_tokens` and `store`
    // (editor-code-assistant/eca#231, 2025-12; Gitlawb/openclaude#739, 2026-04), `stream_options`
    // (avante-corp/avante.nvim#2347, 2025-06: usage comes unasked) and `reasoning_content` in messages
    // (charmbracelet/crush#1590, 2025-12). A seed is called `random_seed` there.
    traits: {
      developerRole: false,
      maxTokensField: "max_tokens",
      streamOptions: false,
      toolCallIds: "mistral",
      reasoningField: "none",
      refuses: [
        "store",
        "seed",
        "user",
        "logprobs",
        "top_logprobs",
        "logit_bias",
        "service_tier",
        "verbosity",
        "modalities",
        "audio",
        "safety_identifier",
        "prompt_cache_key",
        "web_search_options",
      ],
    },
  },
  {
    type: "deepseek",
    label: "DeepSeek",
    baseUrl: "https://api.deepseek.com/v1",
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "xai",
    label: "xAI",
    responses: true,
    baseUrl: "https://api.x.ai/v1",
    traits: { developerRole: false, maxTokensField: "either", reasoningField: "reasoning_content" },
    // docs.x.ai, reasoning: these parameters "will result in an error" on reasoning models.
    models: [
      {
        match: /^grok-(3-mini|4|code)(?!.*non-reasoning)/,
        traits: { refuses: ["presence_penalty", "frequency_penalty"] },
      },
    ],
  },
  {
    type: "together",
    label: "Together AI",
    completions: true,
    baseUrl: "https://api.together.xyz/v1",
    traits: { ...COMPATIBLE, reasoningField: "reasoning" },
  },
  {
    type: "fireworks",
    label: "Fireworks AI",
    completions: true,
    baseUrl: "https://api.fireworks.ai/inference/v1",
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "openrouter",
    label: "OpenRouter",
    completions: true,
    baseUrl: "https://openrouter.ai/api/v1",
    // Most of the servers behind it refuse `developer`; both spellings of the limit are mapped for them.
    traits: { developerRole: false, maxTokensField: "either", reasoningField: "reasoning" },
  },
  {
    type: "perplexity",
    label: "Perplexity",
    // Without /v1: chat completions are at the root there. Perplexity announced their end for 2026-09-27 in favour of
    // the Responses format under /v1 (hex/llm-perplexity#27); its documentation still listed them in November 2026.
    baseUrl: "https://api.perplexity.ai",
    traits: { ...COMPATIBLE, reasoningField: "none" },
  },
  {
    type: "cerebras",
    label: "Cerebras",
    completions: true,
    baseUrl: "https://api.cerebras.ai/v1",
    // 400 for each of these: inference-docs.cerebras.ai/resources/openai.
    traits: {
      developerRole: false,
      maxTokensField: "max_completion_tokens",
      reasoningField: "reasoning",
      refuses: ["presence_penalty", "frequency_penalty", "logit_bias"],
    },
  },
  {
    type: "nvidia",
    label: "NVIDIA NIM",
    completions: true,
    baseUrl: "https://integrate.api.nvidia.com/v1",
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "sambanova",
    label: "SambaNova",
    completions: true,
    baseUrl: "https://api.sambanova.ai/v1",
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "deepinfra",
    label: "DeepInfra",
    completions: true,
    baseUrl: "https://api.deepinfra.com/v1/openai",
    keyVariables: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"],
    // `max_tokens` is the only documented limit: docs.deepinfra.com/chat/overview.
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "huggingface",
    label: "Hugging Face Inference Providers",
    baseUrl: "https://router.huggingface.co/v1",
    keyVariables: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "vllm",
    label: "vLLM",
    completions: true,
    // Where `vllm serve` listens.
    baseUrl: "http://127.0.0.1:8000/v1",
    keyOptional: true,
    traits: { ...COMPATIBLE, reasoningField: "reasoning_content" },
  },
  {
    type: "openai-compatible",
    label: "OpenAI-compatible server",
    completions: true,
    keyVariables: [],
    baseUrlVariables: [],
    keyOptional: true,
    // It may be anything, also a proxy before OpenAI or Anthropic: their clients' headers pass, and the client's own
    // spelling of the limit is kept.
    clientHeaders: ["openai-beta", "anthropic-beta", "anthropic-version"],
    traits: { developerRole: false, maxTokensField: "either" },
  },
  {
    type: "gemini",
    label: "Google Gemini",
    dialect: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com",
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    baseUrlVariables: ["GEMINI_BASE_URL", "GOOGLE_BASE_URL"],
    keyHeader: { name: "x-goog-api-key", prefix: "" },
    surplusPath: "/v1beta",
    traits: { imageUrls: false },
  },
  {
    type: "vertex",
    label: "Google Vertex AI",
    dialect: "gemini",
    keyHeader: undefined,
    keyVariables: ["GOOGLE_APPLICATION_CREDENTIALS"],
    // For Claude; Gemini has none.
    clientHeaders: ["anthropic-beta"],
    surplusPath: "/v1",
    traits: { imageUrls: false },
  },
  {
    type: "bedrock",
    label: "Amazon Bedrock",
    dialect: "bedrock-converse",
    // A plain key is a Bedrock API key; key pairs are signed with.
    keyHeader: BEARER,
    keyVariables: ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"],
    traits: { imageUrls: false },
  },
  {
    type: "cohere",
    label: "Cohere",
    dialect: "cohere",
    baseUrl: "https://api.cohere.com",
    keyVariables: ["COHERE_API_KEY", "CO_API_KEY"],
    surplusPath: "/v[12]",
    traits: {},
  },
  {
    type: "ollama",
    label: "Ollama",
    dialect: "ollama",
    baseUrl: "http://127.0.0.1:11434",
    baseUrlVariables: ["OLLAMA_BASE_URL", "OLLAMA_HOST"],
    keyOptional: true,
    surplusPath: "/v1",
    traits: { imageUrls: false },
  },
  {
    type: "simulated",
    label: "Simulated",
    keyVariables: [],
    baseUrlVariables: [],
    keyOptional: true,
    traits: { maxTokensField: "either" },
  },
];

/** Rows by `type`, in the order in which they are offered to people. */
export const VENDORS: ReadonlyMap<string, Vendor> = new Map(ROWS.map((row) => [row.type, vendorOf(row)]));

function vendorOf(row: Row): Vendor {
  const variable = row.type.toUpperCase().replaceAll("-", "_");
  return { ...COMMON, keyVariables: [`${variable}_API_KEY`], baseUrlVariables: [`${variable}_BASE_URL`], ...row };
}

/** Whether legacy completions of this model are worth asking for in their own form. */
export function completes({ completions }: Vendor, model: string): boolean {
  return completions === true || completions?.test(bareModelName(model)) === true;
}

/** Traits of one model at one vendor. `model` is the name by which quirks go, `sentAs` that on the wire. */
export function traitsOf(vendor: Vendor, model: string, sentAs = model): TargetTraits {
  const traits: TargetTraits = { ...vendor.traits, model: sentAs, vendor: vendor.type };
  const name = bareModelName(model);
  for (const row of vendor.models ?? []) if (row.match.test(name)) Object.assign(traits, row.traits);
  return traits;
}
