/**
 * AWS Secrets Manager: `GetSecretValue`, a signed POST with the operation in a header. AWS Secrets Manager API reference
 * 2017-10-17, GetSecretValue: errors are JSON whose `__type` names them. Those about signatures and
 * tokens are the ones of AWS's JSON services, which that page does not list.
 */
import { AwsV4Signer } from "aws4fetch";
import type { Environment } from "../secrets.ts";
import { type AwsCredentials, awsCredentials } from "./aws-credentials.ts";
import type { SecretBackend } from "./managers.ts";
import type { SecretName } from "./reference.ts";
import { type Answer, ask, jsonOf, type NetworkDeps, textAt } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";

const WHO = "AWS Secrets Manager";
const TARGET = "secretsmanager.GetSecretValue";

export function awsBackend(environment: Environment, deps: NetworkDeps): SecretBackend {
  const credentials = awsCredentials(environment, deps);
  return {
    async read(name) {
      const region = regionOf(name, environment);
      const url = `${endpointOf(region, environment)}/`;
      const body = JSON.stringify({ SecretId: name.document });
      const headers = await signed(url, body, { region, credentials: await credentials(), nowMs: deps.clock.now() });
      return secretIn(await ask({ who: WHO, url, method: "POST", headers, body }, deps));
    },
  };
}

/** An ARN names its own region. */
function regionOf({ document }: SecretName, environment: Environment): string {
  const named = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(document)?.[1];
  const region = named ?? (environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"]);
  if (!region) throw new SecretFault("AWS_REGION is not set");
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) throw new SecretFault("AWS_REGION is no region, as in eu-west-1");
  return region;
}

/** "Service-specific endpoints", AWS SDKs and Tools Reference Guide. */
function endpointOf(region: string, environment: Environment): string {
  const override = environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] || environment["AWS_ENDPOINT_URL"];
  if (override && environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] !== "true") return override.replace(/\/+$/, "");
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

async function signed(
  url: string,
  body: string,
  { region, credentials, nowMs }: { region: string; credentials: AwsCredentials; nowMs: number },
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    method: "POST",
    url,
    body,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": TARGET },
    ...credentials,
    // Signature Version 4 wants the content type signed where there is one; the library leaves it out otherwise.
    allHeaders: true,
    service: "secretsmanager",
    region,
    datetime: new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  const { headers } = await signer.sign();
  return Object.fromEntries(headers as unknown as Iterable<[string, string]>);
}

function secretIn(answer: Answer): string {
  const json = jsonOf(answer);
  if (answer.status !== 200) throw refusal(answer.status, textAt(json, "__type")?.replace(/^.*#/, "") ?? "");
  const text = json["SecretString"];
  if (typeof text === "string") return text;
  const binary = json["SecretBinary"];
  if (typeof binary !== "string") throw new SecretFault(`${WHO} answered without a value`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(binary, "base64"));
  } catch {
    throw new SecretFault("the secret is no text (UTF-8)");
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: "there is no such secret in this account and region",
  AccessDeniedException: "permission denied: the role needs secretsmanager:GetSecretValue (and kms:Decrypt)",
  UnrecognizedClientException: "AWS does not know the access key",
  InvalidClientTokenId: "AWS does not know the access key",
  InvalidSignatureException: "AWS refused the signature; check AWS_SECRET_ACCESS_KEY and this machine's clock",
  ExpiredTokenException: "the session token has expired",
  DecryptionFailure: "AWS could not decrypt it with its KMS key",
  InvalidRequestException: "the secret is marked for deletion, or has no value",
  InvalidParameterException: "AWS takes this for no name of a secret",
};

const OVERLOADED = ["ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"];

function refusal(status: number, type: string): SecretFault {
  const words = Object.hasOwn(REFUSALS, type) ? REFUSALS[type] : undefined;
  if (words !== undefined) return new SecretFault(`${words} (HTTP ${status}, ${type})`);
  const isDown = status >= 500 || status === 429 || OVERLOADED.includes(type);
  return new SecretFault(`${WHO} ${isDown ? "failed" : "refused"} (HTTP ${status})`, { isDown });
}
