/**
 * Azure OpenAI's two surfaces (learn.microsoft.com, API version lifecycle, 2026). Dated versions name the deployment in
 * the path and the version in the query; the v1 surface has OpenAI's own paths and takes the deployment as `model`.
 */
import type { TargetTraits } from "../dialects/dialect.ts";
import { pathSegment } from "../dialects/path-segment.ts";
import { type ProviderOptions, providerFault } from "./provider-options.ts";
import { traitsOf, type Vendor } from "./vendors.ts";

/** Older dated versions answer 400 to `stream_options`; as text, for dates sort as text. */
const STREAM_OPTIONS_SINCE = "2024-09-01";

export interface AzureSurface {
  /** Its paths name a version's date and the deployment; those have no Responses API. */
  dated: boolean;
  url(baseUrl: string, path: string, model: string): string;
  traits(vendor: Vendor, model: string): TargetTraits;
}

export function azureSurface(options: ProviderOptions): AzureSurface {
  const version = options.apiVersion ?? "v1";
  if (!/^(v1|preview|\d{4}-\d\d-\d\d(-preview)?)$/.test(version))
    throw providerFault(
      options,
      "apiVersion",
      `apiVersion "${version}" is none: use a date as in 2025-04-01-preview, or v1`,
    );
  const deployments = new Map(Object.entries(options.deployments ?? {}));
  const deploymentOf = (model: string) => deployments.get(model) ?? model;
  const dated = version !== "v1" && version !== "preview";
  const query = version === "v1" ? "" : `?api-version=${version}`;
  return {
    dated,
    url(baseUrl, path, model) {
      const surface = dated ? `/openai/deployments/${pathSegment(deploymentOf(model))}` : "/openai/v1";
      return baseUrl + surface + path + query;
    },
    traits(vendor, model) {
      const traits = traitsOf(vendor, model, deploymentOf(model));
      if (dated && version < STREAM_OPTIONS_SINCE) traits.streamOptions = false;
      return traits;
    },
  };
}
