/**
 * Azure Key Vault: `GET /secrets/NAME[/VERSION]`. Azure Key Vault REST reference, "Get Secret", version 7.4 (read
 * November 2026).
 */
import type { Environment } from "../secrets.ts";
import { azureToken } from "./azure-token.ts";
import type { SecretBackend } from "./managers.ts";
import type { SecretName } from "./reference.ts";
import { type Answer, ask, jsonOf, type NetworkDeps, objectOf, textAt } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";

const API_VERSION = "7.4";
const WHO = "Azure Key Vault";

export function azureBackend(environment: Environment, deps: NetworkDeps): SecretBackend {
  const tokens = new Map<string, () => Promise<string>>();
  return {
    async read(name) {
      const { vaultUrl, secret } = addressOf(name, environment);
      const resource = resourceOf(vaultUrl);
      const token = tokens.get(resource) ?? azureToken(resource, environment, deps);
      tokens.set(resource, token);
      const version = name.version === undefined ? "" : `/${name.version}`;
      const url = `${vaultUrl}/secrets/${secret}${version}?api-version=${API_VERSION}`;
      return secretIn(await ask({ who: WHO, url, headers: { authorization: `Bearer ${await token()}` } }, deps));
    },
  };
}

/** `vault/name`, or the name alone in the vault of `AZURE_KEY_VAULT_URL`. */
function addressOf({ document }: SecretName, environment: Environment): { vaultUrl: string; secret: string } {
  const [vault, secret] = document.split("/");
  if (secret !== undefined) return { vaultUrl: `https://${vault}.vault.azure.net`, secret };
  const vaultUrl = environment["AZURE_KEY_VAULT_URL"]?.trim().replace(/\/+$/, "");
  if (!vaultUrl) throw new SecretFault('name the vault, as in "my-vault/openai", or set AZURE_KEY_VAULT_URL');
  if (!/^https?:\/\/[^/]+$/.test(vaultUrl) || !URL.canParse(vaultUrl)) {
    throw new SecretFault("AZURE_KEY_VAULT_URL must be an address like https://my-vault.vault.azure.net");
  }
  return { vaultUrl, secret: document };
}

/** What a token is asked for: the cloud's key vaults as such (`vault.azure.cn` in China), not one of them. */
function resourceOf(vaultUrl: string): string {
  const suffix = /^[^.]+\.(vault\..+)$/.exec(new URL(vaultUrl).hostname)?.[1];
  return `https://${suffix ?? "vault.azure.net"}`;
}

function secretIn(answer: Answer): string {
  const json = jsonOf(answer);
  if (answer.status !== 200) throw refusal(answer.status, objectOf(json["error"]));
  const { value } = json;
  if (typeof value !== "string") throw new SecretFault(`${WHO} answered without a value`);
  return value;
}

function refusal(status: number, error: Readonly<Record<string, unknown>>): SecretFault {
  const reason = textAt(objectOf(error["innererror"]), "code");
  switch (status) {
    case 401:
      return new SecretFault("Azure Key Vault refused the token (HTTP 401); is it of the vault's own tenant?");
    case 403:
      return new SecretFault(
        reason === "SecretDisabled"
          ? "the secret is disabled (HTTP 403)"
          : "permission denied (HTTP 403): the identity needs the role Key Vault Secrets User, or the firewall refuses this address",
      );
    case 404:
      return new SecretFault("there is no such secret or version (HTTP 404)");
    default:
      return new SecretFault(`${WHO} failed (HTTP ${status})`, { isDown: status === 429 || status >= 500 });
  }
}
