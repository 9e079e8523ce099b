/**
 * Amazon Bedrock's account side: an address per region, and requests signed with AWS Signature Version 4 over their
 * exact bytes, or sent with a Bedrock API key as bearer token. A region is a provider of its own; inference profiles
 * (`us.`, `eu.`, `global.` before a model's id, or an ARN) are ordinary model names.
 */
import { AwsV4Signer } from "aws4fetch";
import type { Clock } from "../canonical/deps.ts";
import type { Provider } from "./provider.ts";
import { type ProviderOptions, providerFault } from "./provider-options.ts";

export interface BedrockSurface {
  baseUrl: string;
  authorize(unsigned: Provider["headers"]): Provider["headers"];
}

export function bedrockSurface(options: ProviderOptions, { clock }: { clock: Clock }): BedrockSurface {
  const { region } = options;
  if (region === undefined || !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region))
    throw providerFault(options, "region", "region must name an AWS region, as in eu-west-1");
  for (const [index, { name, secret }] of (options.keys ?? []).entries())
    if (typeof secret !== "string" && !(secret["accessKeyId"] && secret["secretAccessKey"]))
      throw providerFault(options, `keys[${index}]`, `key "${name}" needs accessKeyId and secretAccessKey`);
  // Signing keys are derived once a day, not once a request.
  const derived = new Map<string, ArrayBuffer>();
  return {
    baseUrl: `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`,
    authorize: (unsigned) => async (key, request) => {
      const headers = await unsigned(key, request);
      const { secret } = key;
      if (typeof secret === "string") return headers;
      const { accessKeyId = "", secretAccessKey = "", sessionToken } = secret;
      const signer = new AwsV4Signer({
        method: "POST",
        url: request.url,
        body: request.body as BufferSource,
        accessKeyId,
        secretAccessKey,
        ...(sessionToken && { sessionToken }),
        service: "bedrock",
        region,
        cache: derived,
        datetime: awsTime(clock.now()),
      });
      const signed = await signer.sign();
      return { ...headers, ...Object.fromEntries(signed.headers as unknown as Iterable<[string, string]>) };
    },
  };
}

/** `20261123T051029Z`. */
function awsTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[:-]|\.\d{3}/g, "");
}
