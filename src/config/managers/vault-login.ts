/**
 * How Vault is logged in to without a token. Vault's own command line has variables for addresses and tokens, and none
 * for logins: those here are ours.
 */
import type { Environment } from "../secrets.ts";
import { readCredentialFile } from "./credential-file.ts";
import { SecretFault } from "./secret-fault.ts";

export interface Login {
  method: string;
  /** Of the auth method, `approle` unless it is mounted elsewhere. */
  mount: string;
  /** Throws SecretFault. */
  body(): Record<string, string>;
  /** What to look at where it is refused. */
  check: string;
}

const KUBERNETES_TOKEN_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/token";

export const NO_LOGIN =
  "HashiCorp Vault needs VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID (AppRole), or VAULT_KUBERNETES_ROLE";

export function loginOf(environment: Environment): Login | undefined {
  // Whoever sets a token means that one.
  if (environment["VAULT_TOKEN"]?.trim()) return undefined;
  const roleId = environment["VAULT_ROLE_ID"]?.trim();
  const role = environment["VAULT_KUBERNETES_ROLE"]?.trim();
  if (roleId) return appRole(roleId, environment);
  return role ? kubernetes(role, environment) : undefined;
}

function appRole(roleId: string, environment: Environment): Login {
  return {
    method: "AppRole",
    mount: environment["VAULT_APPROLE_MOUNT"] || "approle",
    check: "VAULT_ROLE_ID, VAULT_SECRET_ID and that the secret id is neither used up nor too old",
    // A role may be bound to addresses alone and have no secret id.
    body: () => ({ role_id: roleId, ...secretId(environment) }),
  };
}

function secretId(environment: Environment): { secret_id?: string } {
  const file = environment["VAULT_SECRET_ID_FILE"];
  const id = file ? readCredentialFile(file, "VAULT_SECRET_ID_FILE") : environment["VAULT_SECRET_ID"]?.trim();
  return id ? { secret_id: id } : {};
}

function kubernetes(role: string, environment: Environment): Login {
  const named = environment["VAULT_KUBERNETES_TOKEN_FILE"];
  return {
    method: "Kubernetes",
    mount: environment["VAULT_KUBERNETES_MOUNT"] || "kubernetes",
    check: "VAULT_KUBERNETES_ROLE, and which service accounts and namespaces that role is bound to",
    body() {
      try {
        return { role, jwt: readCredentialFile(named || KUBERNETES_TOKEN_FILE, "VAULT_KUBERNETES_TOKEN_FILE") };
      } catch (error) {
        if (named || !(error instanceof SecretFault)) throw error;
        throw new SecretFault(`there is no service-account token at ${KUBERNETES_TOKEN_FILE}: is this a pod?`);
      }
    },
  };
}
