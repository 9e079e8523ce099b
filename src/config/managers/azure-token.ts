/**
 * Tokens of Microsoft Entra ID in the order of Azure's own libraries: a client secret, a workload identity (a pod's
 * service account), a managed identity of App Service or Container Apps, that of a virtual machine. "DefaultAzureCredential"
 * and the OAuth 2.0 client credentials flow, Microsoft identity platform. Certificates and the
 * sign-in of a command line are not used.
 */
import type { Environment } from "../secrets.ts";
import { readCredentialFile } from "./credential-file.ts";
import { type Answer, ask, formBody, jsonOf, METADATA_TIMEOUT_MS, type NetworkDeps, textAt } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";
import { type Expiring, untilExpiry } from "./until-expiry.ts";

const MARGIN_MS = 5 * 60_000;

/** @param resource what the token is for, as in https://vault.azure.net. Throws SecretFault. */
export function azureToken(resource: string, environment: Environment, deps: NetworkDeps): () => Promise<string> {
  const load = async () => tokenOf(await grant(resource, environment, deps), deps.clock.now());
  return untilExpiry(load, deps.clock, MARGIN_MS);
}

function grant(resource: string, environment: Environment, deps: NetworkDeps): Promise<Answer> {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client } = environment;
  if (tenant && client) {
    const proof = proofOf(environment);
    if (proof) return fromEntra({ tenant, client, proof, resource }, environment, deps);
  }
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment;
  if (endpoint && header) {
    const headers = { "x-identity-header": header };
    return fromMachine(endpoint, { "api-version": "2019-08-01", resource, ...named(client) }, headers, deps);
  }
  const host = environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"]?.replace(/\/+$/, "") || "http://169.254.169.254";
  const query = { "api-version": "2018-02-01", resource, ...named(client) };
  return fromMachine(`${host}/metadata/identity/oauth2/token`, query, { metadata: "true" }, deps);
}

/** Of several identities of one machine. */
function named(client: string | undefined): { client_id?: string } {
  return client ? { client_id: client } : {};
}

function proofOf(environment: Environment): Record<string, string> | undefined {
  const secret = environment["AZURE_CLIENT_SECRET"];
  if (secret) return { client_secret: secret };
  const file = environment["AZURE_FEDERATED_TOKEN_FILE"];
  if (!file) return undefined;
  return {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: readCredentialFile(file, "AZURE_FEDERATED_TOKEN_FILE"),
  };
}

interface EntraRequest {
  tenant: string;
  client: string;
  proof: Readonly<Record<string, string>>;
  resource: string;
}

async function fromEntra(
  { tenant, client, proof, resource }: EntraRequest,
  environment: Environment,
  deps: NetworkDeps,
): Promise<Answer> {
  const authority = (environment["AZURE_AUTHORITY_HOST"] || "https://login.microsoftonline.com").replace(/\/+$/, "");
  const fields = { grant_type: "client_credentials", client_id: client, scope: `${resource}/.default`, ...proof };
  const url = `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  const answer = await ask({ who: "Microsoft Entra ID", url, ...formBody(fields) }, deps);
  if (answer.status === 200) return answer;
  throw new SecretFault(
    `Microsoft Entra ID gave no token (HTTP ${answer.status}); check AZURE_TENANT_ID, AZURE_CLIENT_ID and the client's secret or federated credential`,
    { isDown: answer.status === 429 || answer.status >= 500 },
  );
}

async function fromMachine(
  endpoint: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  deps: NetworkDeps,
): Promise<Answer> {
  const who = "the managed identity endpoint";
  const url = `${endpoint}?${new URLSearchParams(query)}`;
  const answer = await ask({ who, url, headers, timeoutMs: METADATA_TIMEOUT_MS }, deps).catch(() => {
    throw new SecretFault(
      "there are no Azure credentials: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or give this machine an identity",
      { isDown: true },
    );
  });
  if (answer.status === 200) return answer;
  throw new SecretFault(`${who} gave no token (HTTP ${answer.status}); is an identity assigned to this machine?`, {
    isDown: answer.status === 429 || answer.status >= 500,
  });
}

/** `expires_in` is a number at Entra ID and a text on machines; App Service has only `expires_on`. */
function tokenOf(answer: Answer, nowMs: number): Expiring<string> {
  const json = jsonOf(answer);
  const value = textAt(json, "access_token");
  if (value === undefined) throw new SecretFault("Azure gave no access token");
  const seconds = Number(json["expires_in"]);
  const until = Number(json["expires_on"]);
  if (Number.isFinite(seconds)) return { value, expiresAtMs: nowMs + seconds * 1_000 };
  return { value, expiresAtMs: Number.isFinite(until) ? until * 1_000 : nowMs };
}
