/**
 * Credentials for AWS in the order that most of its SDKs have: the environment, a web identity (IRSA on EKS), the container's (ECS, EKS
 * Pod Identity), the machine's (EC2, IMDSv2): "Standardized credential providers" in the AWS SDKs and Tools Reference
 * Guide. Shared files (`~/.aws`), profiles and SSO are not read.
 */
import type { Environment } from "../secrets.ts";
import { readCredentialFile } from "./credential-file.ts";
import { type Answer, ask, formBody, jsonOf, METADATA_TIMEOUT_MS, type NetworkDeps, textAt } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";
import { type Expiring, untilExpiry } from "./until-expiry.ts";

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The metadata services give new ones five minutes before the end of the old. */
const MARGIN_MS = 4 * 60_000;

/** Throws SecretFault. */
export function awsCredentials(environment: Environment, deps: NetworkDeps): () => Promise<AwsCredentials> {
  return untilExpiry(() => load(environment, deps), deps.clock, MARGIN_MS);
}

async function load(environment: Environment, deps: NetworkDeps): Promise<Expiring<AwsCredentials>> {
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"]?.trim();
  if (accessKeyId) return { value: fromEnvironment(accessKeyId, environment), expiresAtMs: Number.POSITIVE_INFINITY };
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: role } = environment;
  if (tokenFile && role) return fromWebIdentity(tokenFile, role, environment, deps);
  const url = containerUrl(environment);
  if (url !== undefined) return fromContainer(url, environment, deps);
  if (environment["AWS_EC2_METADATA_DISABLED"] === "true") throw new SecretFault(NONE);
  return fromMachine(environment, deps);
}

const NONE =
  "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine or pod a role";

function fromEnvironment(accessKeyId: string, environment: Environment): AwsCredentials {
  const secretAccessKey = environment["AWS_SECRET_ACCESS_KEY"]?.trim();
  if (!secretAccessKey) throw new SecretFault("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  const sessionToken = environment["AWS_SESSION_TOKEN"]?.trim();
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** AssumeRoleWithWebIdentity is not signed: the token of the service account is the proof. It answers in XML. */
async function fromWebIdentity(
  tokenFile: string,
  role: string,
  environment: Environment,
  deps: NetworkDeps,
): Promise<Expiring<AwsCredentials>> {
  const token = readCredentialFile(tokenFile, "AWS_WEB_IDENTITY_TOKEN_FILE");
  const question = formBody({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: environment["AWS_ROLE_SESSION_NAME"] || "evergate",
    WebIdentityToken: token,
  });
  const answer = await ask({ who: "AWS STS", url: stsUrl(environment), ...question }, deps);
  if (answer.status !== 200) {
    throw new SecretFault(
      `AWS STS gave no credentials for AWS_ROLE_ARN (HTTP ${answer.status}); check the role's trust policy`,
      { isDown: answer.status >= 500 },
    );
  }
  const element = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer.text)?.[1];
  return checked({
    AccessKeyId: element("AccessKeyId"),
    SecretAccessKey: element("SecretAccessKey"),
    Token: element("SessionToken"),
    Expiration: element("Expiration"),
  });
}

function stsUrl(environment: Environment): string {
  const override = environment["AWS_ENDPOINT_URL_STS"] || environment["AWS_ENDPOINT_URL"];
  if (override && environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] !== "true") {
    return `${override.replace(/\/+$/, "")}/`;
  }
  const region = environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"];
  if (!region) return "https://sts.amazonaws.com/";
  return `https://sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/`;
}

/** Where plain http is allowed: this machine, and the link-local services of ECS and EKS. */
const CONTAINER_HOSTS =
  /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

function containerUrl(environment: Environment): string | undefined {
  const relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  if (relative) return `http://169.254.170.2${relative}`;
  const full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  if (!full) return undefined;
  const url = URL.parse(full);
  if (!url || (url.protocol !== "https:" && !CONTAINER_HOSTS.test(url.hostname))) {
    throw new SecretFault(
      "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this machine, ECS or EKS",
    );
  }
  return full;
}

async function fromContainer(
  url: string,
  environment: Environment,
  deps: NetworkDeps,
): Promise<Expiring<AwsCredentials>> {
  const file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  const token = file
    ? readCredentialFile(file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    : environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  const headers: Record<string, string> = token ? { authorization: token } : {};
  const who = "the container's credentials service";
  return checked(jsonOf(granted(await ask({ who, url, headers, timeoutMs: METADATA_TIMEOUT_MS }, deps), who)));
}

/** IMDSv2: a token by PUT, then the role's name, then its credentials. */
async function fromMachine(environment: Environment, deps: NetworkDeps): Promise<Expiring<AwsCredentials>> {
  const endpoint = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] || "http://169.254.169.254";
  const base = `${endpoint.replace(/\/+$/, "")}/latest`;
  const who = "the EC2 metadata service";
  const timeoutMs = METADATA_TIMEOUT_MS;
  const session = await ask(
    {
      who,
      url: `${base}/api/token`,
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "300" },
      timeoutMs,
    },
    deps,
  ).catch(() => {
    throw new SecretFault(NONE, { isDown: true });
  });
  const headers = { "x-aws-ec2-metadata-token": granted(session, who).text };
  const roles = `${base}/meta-data/iam/security-credentials/`;
  const role = granted(await ask({ who, url: roles, headers, timeoutMs }, deps), who).text.trim();
  return checked(jsonOf(granted(await ask({ who, url: `${roles}${role}`, headers, timeoutMs }, deps), who)));
}

function granted(answer: Answer, who: string): Answer {
  if (answer.status === 200) return answer;
  throw new SecretFault(`${who} gave no credentials (HTTP ${answer.status}); is a role attached?`, {
    isDown: answer.status >= 500,
  });
}

function checked(json: Readonly<Record<string, unknown>>): Expiring<AwsCredentials> {
  const accessKeyId = textAt(json, "AccessKeyId");
  const secretAccessKey = textAt(json, "SecretAccessKey");
  const sessionToken = textAt(json, "Token");
  const expiresAtMs = Date.parse(textAt(json, "Expiration") ?? "");
  if (accessKeyId === undefined || secretAccessKey === undefined || Number.isNaN(expiresAtMs)) {
    throw new SecretFault("AWS answered without credentials");
  }
  return { value: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }, expiresAtMs };
}
