/** One question to HashiCorp Vault: address, namespace, authorities, and what every answer can say besides its own matter. */
import { readFileSync } from "node:fs";
import type { Environment } from "../secrets.ts";
import { type Answer, ask, jsonOf, type NetworkDeps } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";

export interface VaultQuestion {
  /** After `/v1/`, encoded. */
  path: string;
  token?: string;
  /** Sent as JSON by POST; absent: GET. */
  body?: Readonly<Record<string, string>>;
}

/** Throws SecretFault where Vault is away, sealed, or has no node that answers. */
export type AskVault = (question: VaultQuestion) => Promise<Answer>;

const WHO = "HashiCorp Vault";

export function vaultRequests(environment: Environment, deps: NetworkDeps): AskVault {
  return async ({ path, token, body }) => {
    const namespace = environment["VAULT_NAMESPACE"]?.trim();
    const answer = await ask(
      {
        who: WHO,
        url: `${addressOf(environment)}/v1/${path}`,
        method: body ? "POST" : "GET",
        headers: {
          "x-vault-request": "true",
          ...(token !== undefined && { "x-vault-token": token }),
          ...(namespace && { "x-vault-namespace": namespace }),
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
        ...authorities(environment),
      },
      deps,
    );
    refuseUnfit(answer);
    return answer;
  };
}

function addressOf(environment: Environment): string {
  const address = environment["VAULT_ADDR"]?.trim().replace(/\/+$/, "");
  if (!address) throw new SecretFault("VAULT_ADDR is not set: the address of HashiCorp Vault");
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address))
    throw new SecretFault("VAULT_ADDR is no http or https address");
  return address;
}

function authorities(environment: Environment): { ca?: string } {
  const file = environment["VAULT_CACERT"];
  if (!file) return {};
  try {
    return { ca: readFileSync(file, "utf8") };
  } catch {
    throw new SecretFault("the file that VAULT_CACERT names cannot be read");
  }
}

/** Statuses that speak of the server and not of the question: "HTTP status codes" of Vault's API reference. */
function refuseUnfit(answer: Answer): void {
  const { status } = answer;
  if (status === 307 || status === 308) {
    throw new SecretFault("a standby node of HashiCorp Vault points elsewhere; set VAULT_ADDR to the active one", {
      isDown: true,
    });
  }
  if (status === 429)
    throw new SecretFault("HashiCorp Vault refused for too many requests (HTTP 429)", { isDown: true });
  if (status === 503 && saysSealed(answer)) {
    throw new SecretFault("HashiCorp Vault is sealed; unseal it (vault operator unseal)", { isDown: true });
  }
  if (status >= 500) throw new SecretFault(`HashiCorp Vault failed (HTTP ${status})`, { isDown: true });
}

function saysSealed(answer: Answer): boolean {
  const { errors } = jsonOf(answer);
  return Array.isArray(errors) && errors.some((text) => /sealed/i.test(String(text)));
}
