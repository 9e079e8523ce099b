import { GatewayError } from "../canonical/errors.ts";
import type { ProviderKey, Timeouts } from "./provider.ts";
import type { SimulatedOptions } from "./simulated/options.ts";

export interface ProviderOptions {
  name: string;
  /** One of INTERFACE §2.2. */
  type: string;
  /** In the form the vendor's own SDK takes: with `/v1` for OpenAI-like types, the root for the others. */
  baseUrl?: string;
  keys?: readonly ProviderKey[];
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  /** Names of client headers that go upstream, in addition to those the vendor's own clients send. */
  forwardHeaders?: readonly string[];
  /** Azure: a dated version, or absent, `v1` or `preview` for the v1 surface. */
  apiVersion?: string;
  /** Azure: model name -> deployment name; a model that is not listed is a deployment of its own name. */
  deployments?: Readonly<Record<string, string>>;
  timeouts?: Partial<Timeouts>;
  /** Bedrock. */
  region?: string;
  /** Vertex. */
  project?: string;
  location?: string;
  /** Simulated: what it is and how it fails. */
  simulated?: SimulatedOptions;
}

/** What is wrong with a provider's options. `param` is the option's path below the provider: `headers.x-team`. */
export function providerFault(options: { name: string }, param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", `Provider "${options.name}": ${message}.`, { param });
}
