/**
 * Vertex AI's surface: models of several makers under one project and location. Gemini is spoken to in its own dialect,
 * Claude in Anthropic's, whose body has the version instead of the model (docs.cloud.google.com, "Use Claude models").
 */
import type { Clock, Fetch } from "../canonical/deps.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/anthropic-messages.ts";
import type { Dialect, TargetTraits } from "../dialects/dialect.ts";
import { gemini, methodOf } from "../dialects/gemini/gemini.ts";
import { pathSegment } from "../dialects/path-segment.ts";
import type { Edit } from "../dialects/splice.ts";
import type { Provider } from "./provider.ts";
import { type ProviderOptions, providerFault } from "./provider-options.ts";
import { parseServiceAccount, type TokenSource, tokenSource } from "./sign-google.ts";
import { traitsOf, VENDORS, type Vendor } from "./vendors.ts";

export interface VertexSurface {
  dialectFor(model: string): Dialect;
  traits(model: string): TargetTraits;
  url(baseUrl: string, model: string, stream: boolean): string;
  /** `method` begins with its colon. */
  operationUrl(baseUrl: string, model: string, method: string): string;
  /** The address where the operator gave none. */
  baseUrl: string;
  /** Adds the access token of a key to the headers. */
  authorize(headers: Provider["headers"]): Provider["headers"];
}

/** Claude's body on Vertex. The model is in the path. */
const CLAUDE_EDITS: readonly Edit[] = [
  { op: "set", path: ["anthropic_version"], value: "vertex-2023-10-16" },
  { op: "delete", path: ["model"] },
];

export function vertexSurface(
  options: ProviderOptions,
  vendor: Vendor,
  deps: { clock: Clock; fetch: Fetch },
): VertexSurface {
  const project = segment(options, "project");
  const location = segment(options, "location");
  const sources = new Map(
    (options.keys ?? []).map((key, index): [string, TokenSource] => {
      const account = parseServiceAccount(typeof key.secret === "string" ? key.secret : "");
      if ("fault" in account) throw providerFault(options, `keys[${index}]`, `key "${key.name}" ${account.fault}`);
      return [key.name, tokenSource(account, deps)];
    }),
  );
  const urlOf = (baseUrl: string, model: string, method: string) => {
    const publisher = isClaude(model) ? "anthropic" : "google";
    const name = pathSegment(nameOf(model)).replaceAll("%40", "@");
    return `${baseUrl}/v1/projects/${project}/locations/${location}/publishers/${publisher}/models/${name}${method}`;
  };
  return {
    baseUrl: hostOf(location),
    dialectFor: (model) => (isClaude(model) ? anthropicMessages : gemini),
    traits(model) {
      const traits = traitsOf(vendor, model, nameOf(model));
      if (!isClaude(model)) return traits;
      return { ...traits, ...VENDORS.get("anthropic")?.traits, bodyEdits: CLAUDE_EDITS };
    },
    url(baseUrl, model, stream) {
      const claude = stream ? "streamRawPredict" : "rawPredict";
      return urlOf(baseUrl, model, `:${isClaude(model) ? claude : methodOf(stream)}`);
    },
    operationUrl: urlOf,
    authorize: (write) => async (key, request) => {
      const token = await sources.get(key.name)?.();
      const headers = await write(key, request);
      return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
    },
  };
}

/** `global` has no region in its host; the multi-regions `us` and `eu` have a form of their own. */
function hostOf(location: string): string {
  if (location === "global") return "https://aiplatform.googleapis.com";
  if (location === "us" || location === "eu") return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}

/** They become part of host and path. */
function segment(options: ProviderOptions, name: "project" | "location"): string {
  const value = options[name];
  if (value === undefined || !/^[a-z0-9][a-z0-9.:-]*$/i.test(value))
    throw providerFault(options, name, `${name} must be the name of a Google Cloud ${name}`);
  return value;
}

function isClaude(model: string): boolean {
  return nameOf(model).startsWith("claude");
}

/** The publisher may be written before the model, as the lists of other vendors do. */
function nameOf(model: string): string {
  return model.replace(/^(publishers\/)?(anthropic|google)\/(models\/)?/, "");
}
