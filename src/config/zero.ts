/**
 * Zero configuration: providers from the variables that every SDK reads, and from a local Ollama. Without any, three
 * simulated providers, so that a first call works before there is a key.
 */
import { readFileSync } from "node:fs";
import type { Fetch } from "../canonical/deps.ts";
import { VENDORS, type Vendor } from "../providers/vendors.ts";
import type { Fault } from "./fault.ts";
import { FORMATS } from "./formats.ts";
import { commaSeparated, type Environment } from "./secrets.ts";
import type { ProviderSettings } from "./settings-routing.ts";
import { isBuilt } from "./unsupported.ts";

/** What answers on this machine. */
export interface Local {
  /** Models of a local Ollama; null when none answers. */
  ollamaModels: readonly string[] | null;
}

export interface ZeroProviders {
  providers: Record<string, ProviderSettings>;
  /** Nothing was found: they are simulated. */
  standIns: boolean;
  faults: Fault[];
  notes: string[];
}

/** In this order a bare name's equivalents are tried. Others have to be declared: their variables serve other purposes too. */
const TYPES = [
  "openai",
  "anthropic",
  "gemini",
  "azure-openai",
  "bedrock",
  "vertex",
  "groq",
  "mistral",
  "cohere",
  "deepseek",
  "xai",
  "together",
  "fireworks",
  "openrouter",
  "perplexity",
  "cerebras",
] as const;

/** The first answers as `simulated`; the others take over when it is made to fail. */
const SIMULATED_NAMES = ["simulated", "simulated-b", "simulated-c"] as const;
export const SIMULATED_TYPE = "simulated";

interface Found extends ZeroProviders {
  environment: Environment;
}

/** @param ownPort where this gateway listens, so that it does not become its own upstream */
export function zeroProviders(context: { environment: Environment; local: Local }, ownPort: number): ZeroProviders {
  const { environment, local } = context;
  const zero: Found = { environment, providers: {}, standIns: false, faults: [], notes: [] };
  for (const type of TYPES) addVendor(VENDORS.get(type)!, ownPort, zero);
  if (local.ollamaModels) zero.providers["ollama"] = { type: "ollama", baseUrl: ollamaAddress(environment) };
  if (Object.keys(zero.providers).length === 0) {
    zero.standIns = true;
    for (const name of SIMULATED_NAMES) zero.providers[name] = { type: SIMULATED_TYPE };
    zero.notes.push(
      "No provider key found in the environment: simulated providers answer. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or another to reach a real one.",
    );
  }
  return zero;
}

function addVendor(vendor: Vendor, ownPort: number, zero: Found): void {
  const variable = vendor.keyVariables.find((name) => commaSeparated(zero.environment[name]).length > 0);
  if (!variable) return;
  if (!isBuilt("providers.*.type", vendor.type)) {
    zero.notes.push(`${variable} is set, but ${vendor.label} is not in this version.`);
    return;
  }
  if (vendor.type === "bedrock") addBedrock(variable, zero);
  else if (vendor.type === "vertex") addVertex(zero);
  else addKeyed(vendor, variable, ownPort, zero);
}

function addKeyed(vendor: Vendor, variable: string, ownPort: number, zero: Found): void {
  const baseUrl = addressOf(vendor, ownPort, zero);
  const keys = poolOf(variable, zero);
  if (vendor.type !== "azure-openai") {
    zero.providers[vendor.type] = { type: vendor.type, ...(baseUrl && { baseUrl }), keys } as ProviderSettings;
  } else if (baseUrl) zero.providers[vendor.type] = { type: vendor.type, baseUrl, keys };
  else zero.notes.push(`${variable} is set, but AZURE_OPENAI_ENDPOINT is not: Azure OpenAI is left out.`);
}

function addBedrock(variable: string, zero: Found): void {
  const { environment } = zero;
  const region = environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"];
  if (!region) {
    zero.notes.push(`${variable} is set, but AWS_REGION is not: Amazon Bedrock is left out.`);
    return;
  }
  if (variable !== "AWS_ACCESS_KEY_ID") {
    zero.providers["bedrock"] = { type: "bedrock", region, keys: poolOf(variable, zero) };
    return;
  }
  if (!environment["AWS_SECRET_ACCESS_KEY"]) {
    zero.notes.push("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not: Amazon Bedrock is left out.");
    return;
  }
  const sessionToken = environment["AWS_SESSION_TOKEN"] ? { sessionToken: { env: "AWS_SESSION_TOKEN" } } : {};
  const key = { accessKeyId: { env: variable }, secretAccessKey: { env: "AWS_SECRET_ACCESS_KEY" }, ...sessionToken };
  zero.providers["bedrock"] = { type: "bedrock", region, keys: [key] };
}

function addVertex(zero: Found): void {
  const { environment } = zero;
  const file = environment["GOOGLE_APPLICATION_CREDENTIALS"]!;
  const project = environment["GOOGLE_CLOUD_PROJECT"] || projectIn(file);
  if (!project) {
    zero.notes.push(
      "GOOGLE_APPLICATION_CREDENTIALS is set, but its file names no project_id and GOOGLE_CLOUD_PROJECT is not set: Vertex AI is left out.",
    );
    return;
  }
  const location = environment["GOOGLE_CLOUD_LOCATION"] || "global";
  const keys = [{ file }] as const;
  zero.providers["vertex"] = { type: "vertex", project, location, keys };
}

/** A service account belongs to a project, which its file names. What else is wrong with the file is found later. */
function projectIn(file: string): string | undefined {
  try {
    const { project_id: project } = JSON.parse(readFileSync(file, "utf8"));
    return typeof project === "string" ? project : undefined;
  } catch {
    return undefined;
  }
}

function addressOf(vendor: Vendor, ownPort: number, zero: Found): string | undefined {
  const variable = vendor.baseUrlVariables.find((name) => zero.environment[name]?.trim());
  if (!variable) return undefined;
  const address = zero.environment[variable]!.trim();
  const fault = FORMATS["base-url"](address);
  if (fault) {
    zero.faults.push({ path: variable, message: `the environment variable ${fault}` });
    return undefined;
  }
  // The shell that starts the gateway often is the one whose tools are pointed at it.
  if (isLoopback(address, ownPort)) {
    zero.notes.push(`${variable} is this gateway's own address and is left out.`);
    return undefined;
  }
  return address;
}

function isLoopback(address: string, port: number): boolean {
  const url = new URL(address);
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname) && url.port === String(port);
}

type Pool = readonly [{ env: string }, ...{ env: string }[]];

function poolOf(variable: string, { environment }: Found): Pool {
  const [first, ...more] = commaSeparated(environment[variable]).map((_, index) => ({ env: `${variable}[${index}]` }));
  return first && more.length > 0 ? [first, ...more] : [{ env: variable }];
}

const OLLAMA_ADDRESS = "http://127.0.0.1:11434";

function ollamaAddress(environment: Environment): string {
  return (environment["OLLAMA_BASE_URL"]?.trim() || OLLAMA_ADDRESS).replace(/(\/v1)?\/*$/, "");
}

/** It answers from the same machine at once, or it is not there; a start waits no longer than this. */
const PROBE_TIMEOUT_MS = 250;
const MAX_LOCAL_MODELS = 500;

/** Asks whether an Ollama runs here, and for its models. Never rejects. */
export async function probeLocal(fetch: Fetch, environment: Environment): Promise<Local> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(`${ollamaAddress(environment)}/api/tags`, { signal, redirect: "error" });
    const { models } = (await response.json()) as { models: { name: string }[] };
    const names = models.map(({ name }) => name).filter((name) => FORMATS["model-name"](String(name)) === undefined);
    return { ollamaModels: names.slice(0, MAX_LOCAL_MODELS) };
  } catch {
    return { ollamaModels: null };
  }
}
