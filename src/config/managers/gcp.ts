/**
 * Google Secret Manager: `GET /v1/projects/P/secrets/S/versions/V:access`. Google's REST reference,
 * projects.secrets.versions.access and SecretPayload: the payload is base64, its CRC-32C a decimal
 * text. Tokens come from a service account's key file, else from the metadata server of the machine.
 */
import { NoCredentials } from "../../providers/provider.ts";
import { parseServiceAccount, type TokenSource, tokenSource } from "../../providers/sign-google.ts";
import type { Environment } from "../secrets.ts";
import { crc32c } from "./crc32c.ts";
import { readCredentialFile } from "./credential-file.ts";
import type { SecretBackend } from "./managers.ts";
import type { SecretName } from "./reference.ts";
import { type Answer, ask, jsonOf, METADATA_TIMEOUT_MS, type NetworkDeps, objectOf, textAt } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";
import { untilExpiry } from "./until-expiry.ts";

const WHO = "Google Secret Manager";
/** Left of a token's life when another one is fetched; the metadata server gives the same one until five minutes. */
const TOKEN_MARGIN_MS = 60_000;

export function gcpBackend(environment: Environment, deps: NetworkDeps): SecretBackend {
  let account: Account | undefined;
  return {
    async read(name) {
      // Not before it is needed, and again where it failed: the file may be put right while the gateway runs.
      account ??= accountOf(environment, deps);
      const path = await resourceOf(name, account);
      const token = await account.token();
      const headers = { authorization: `Bearer ${token}` };
      return payloadOf(
        await ask({ who: WHO, url: `${addressFor(path, environment)}/v1/${path}:access`, headers }, deps),
      );
    },
  };
}

interface Account {
  token: TokenSource;
  /** For names without one. */
  project(): Promise<string>;
}

async function resourceOf({ document }: SecretName, account: Account): Promise<string> {
  const full = document.startsWith("projects/") ? document : `projects/${await account.project()}/secrets/${document}`;
  return full.includes("/versions/") ? full : `${full}/versions/latest`;
}

/** `CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER` is gcloud's own variable. Regional secrets live at a regional address. */
function addressFor(path: string, environment: Environment): string {
  const override = environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"]?.replace(/\/+$/, "");
  if (override) return override;
  const location = /^projects\/[^/]+\/locations\/([^/]+)\//.exec(path)?.[1];
  return location === undefined
    ? "https://secretmanager.googleapis.com"
    : `https://secretmanager.${location}.rep.googleapis.com`;
}

function payloadOf(answer: Answer): string {
  const { status } = answer;
  if (status !== 200) throw refusal(status);
  const payload = objectOf(jsonOf(answer)["payload"]);
  const { data, dataCrc32c } = payload;
  if (typeof data !== "string") throw new SecretFault(`${WHO} answered without a payload`);
  const bytes = Buffer.from(data, "base64");
  if (dataCrc32c !== undefined && String(dataCrc32c) !== String(crc32c(bytes))) {
    throw new SecretFault("the secret was damaged on its way: its CRC-32C does not match", { isDown: true });
  }
  return textOf(bytes);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SecretFault("the secret is no text (UTF-8)");
  }
}

function refusal(status: number): SecretFault {
  switch (status) {
    case 400:
      return new SecretFault("the version is disabled or destroyed, or the name is not right (HTTP 400)");
    case 401:
      return new SecretFault("Google refused the account's token (HTTP 401)");
    case 403:
      return new SecretFault("permission denied (HTTP 403): the account needs roles/secretmanager.secretAccessor");
    case 404:
      return new SecretFault("there is no such secret or version (HTTP 404)");
    default:
      return new SecretFault(`${WHO} failed (HTTP ${status})`, { isDown: status === 429 || status >= 500 });
  }
}

function accountOf(environment: Environment, deps: NetworkDeps): Account {
  const file = environment["GOOGLE_APPLICATION_CREDENTIALS"];
  const named = environment["GOOGLE_CLOUD_PROJECT"];
  const account = file ? fileAccount(file, deps) : metadataAccount(environment, deps);
  return named ? { ...account, project: async () => named } : account;
}

function fileAccount(file: string, deps: NetworkDeps): Account {
  const text = readCredentialFile(file, "GOOGLE_APPLICATION_CREDENTIALS");
  const parsed = parseServiceAccount(text);
  if ("fault" in parsed) {
    throw new SecretFault(`the file that GOOGLE_APPLICATION_CREDENTIALS names ${parsed.fault}`);
  }
  const source = tokenSource(parsed, deps);
  return {
    async token() {
      try {
        return await source();
      } catch (error) {
        if (!(error instanceof NoCredentials)) throw error;
        const { message, class: failure } = error.failure;
        throw new SecretFault(message ?? "Google gave no token", { isDown: failure !== "auth" });
      }
    },
    async project() {
      const project = textAt(jsonOf({ text }), "project_id");
      if (project === undefined) throw new SecretFault("GOOGLE_CLOUD_PROJECT is not set, and the account names none");
      return project;
    },
  };
}

/** On Compute Engine, Cloud Run and GKE. `GCE_METADATA_HOST` is the variable of Google's own libraries. */
function metadataAccount(environment: Environment, deps: NetworkDeps): Account {
  const base = `http://${environment["GCE_METADATA_HOST"] || "metadata.google.internal"}/computeMetadata/v1`;
  const who = "Google's metadata server";
  const get = async (path: string): Promise<Answer> => {
    const headers = { "metadata-flavor": "Google" };
    const answer = await ask({ who, url: `${base}/${path}`, headers, timeoutMs: METADATA_TIMEOUT_MS }, deps).catch(
      () => {
        throw new SecretFault("set GOOGLE_APPLICATION_CREDENTIALS: there is no metadata server on this machine", {
          isDown: true,
        });
      },
    );
    // A captive network answers for any name; only the real one says so.
    if (answer.status !== 200 || answer.headers.get("metadata-flavor") !== "Google")
      throw new SecretFault(`${who} has no service account for this machine (HTTP ${answer.status})`);
    return answer;
  };
  const token = untilExpiry(
    async () => {
      const json = jsonOf(await get("instance/service-accounts/default/token"));
      const value = textAt(json, "access_token");
      if (value === undefined) throw new SecretFault(`${who} gave no access token`);
      return { value, expiresAtMs: deps.clock.now() + Number(json["expires_in"] ?? 0) * 1_000 };
    },
    deps.clock,
    TOKEN_MARGIN_MS,
  );
  return { token, project: async () => (await get("project/project-id")).text.trim() };
}
