/** The gateway that SDKs are let loose on: a provider of each of the three APIs, under one key. */
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import type { Reach } from "./sdk.ts";

/** Upstream dialects by the name of the provider; `openai` has chat and Responses. */
export const PROVIDERS = {
  openai: { type: "openai", path: "/v1", model: "gpt-4o", dialect: undefined },
  claude: { type: "anthropic", path: "", model: "claude-sonnet-4-5", dialect: "anthropic-messages" },
  google: { type: "gemini", path: "", model: "gemini-2.5-flash", dialect: "gemini" },
  /** Has chat completions alone. */
  compatible: { type: "openai-compatible", path: "/v1", model: "qwen3-32b", dialect: "openai-chat" },
  bedrock: {
    type: "bedrock",
    path: "",
    model: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    dialect: "bedrock-converse",
    settings: { region: "eu-west-1", keys: [{ accessKeyId: "AKID", secretAccessKey: "secret" }] },
  },
  cohere: { type: "cohere", path: "", model: "command-a-03-2025", dialect: "cohere" },
  ollama: { type: "ollama", path: "", model: "llama3.2", dialect: "ollama" },
} as const satisfies Record<string, ProviderSpec>;

interface ProviderSpec {
  type: string;
  /** Below the provider's root. */
  path: string;
  model: string;
  /** Absent: all of them. */
  dialect: string | undefined;
  settings?: object;
}

export type ProviderName = keyof typeof PROVIDERS;

/** Those that every SDK is tried on. */
export const PROVIDER_NAMES = ["openai", "claude", "google"] as const satisfies readonly ProviderName[];

/** What answers: quotes of the question; always the same object; two words, and then nothing more. */
const MANNERS = {
  words: {},
  json: { answer: '{"city": "Oslo", "sky": "grey"}' },
  slow: { answer: "one two three", faults: { stall: { afterTokens: 2 } } },
} as const;

export type Manner = keyof typeof MANNERS;

export interface World extends AsyncDisposable {
  reach: Reach;
  gateway: Gateway;
  /** The provider behind the model `words-openai`, `json-google` … */
  upstreamOf(manner: Manner, provider: ProviderName): Upstream;
}

export const modelOf = (manner: Manner, provider: ProviderName) => `${manner}-${provider}`;

const KEY = `eg_${"k".repeat(40)}`;

export async function startWorld(
  manners: readonly Manner[],
  more: readonly ProviderName[] = PROVIDER_NAMES,
  /** Further models: the provider behind each. */
  aliases: Readonly<Record<string, ProviderName>> = {},
): Promise<World> {
  const upstreams = new Map<string, Upstream>();
  const providers: Record<string, object> = {};
  const models: Record<string, string[]> = {};
  for (const manner of manners) {
    for (const name of more) {
      const { type, path, model, dialect, settings }: ProviderSpec = PROVIDERS[name];
      const server = upstream({ answer: undefined, ...(dialect && { dialect }), ...MANNERS[manner] });
      const id = modelOf(manner, name);
      upstreams.set(id, server);
      providers[id] = { type, baseUrl: `${server.url}${path}`, keys: ["sk-up"], ...settings };
      models[id] = [`${id}/${model}`];
    }
  }
  // What a program calls that does not mind who answers.
  const all = Object.values(models).flat();
  for (const name of ["fast", "embedder"]) models[name] = all;
  for (const [alias, name] of Object.entries(aliases)) models[alias] = models[modelOf(manners[0]!, name)]!;
  const access = { keys: { app: { secret: KEY } } };
  const gateway = await startGateway({ config: `export default ${JSON.stringify({ providers, models, access })};` });
  return {
    gateway,
    reach: { url: gateway.url, key: KEY },
    upstreamOf: (manner, provider) => upstreams.get(modelOf(manner, provider))!,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      for (const server of upstreams.values()) server.stop();
    },
  };
}

export function lastBodyOf({ requests }: Upstream): string {
  return Buffer.from(requests.at(-1)!.body).toString();
}
