/**
 * What a configuration file imports as `evergate`. The values are plain data on purpose: a configuration is loaded in
 * a worker and handed over as data, so nothing here may do more than describe.
 */
import type { Secret, Settings } from "./settings.ts";

/**
 * Types the configuration: the compiler refuses a target of an undeclared provider, a fallback to an undeclared model,
 * an empty list of targets and any unknown setting. Returns what it was given.
 */
export type DefineConfig = <const P extends string = string, const M extends string = string>(
  settings: Settings<P, M>,
) => Settings<P, M>;

/** Names where a secret is; the secret itself is read when the gateway starts or reloads. */
export type SecretReference = (name: string) => Exclude<Secret, string>;

export const defineConfig: DefineConfig = (settings) => settings;

/** An environment variable; `NAME[1]` is the second of its comma-separated values. Unset or empty is an error. */
export const env: SecretReference = (name) => ({ env: name });

/** A file, relative to the configuration file; one trailing line break is removed. */
export const file: SecretReference = (path) => ({ file: path });

/**
 * HashiCorp Vault, KV version 2: `mount/path#field`, as in `vault("secret/openai#key")`; `mount/path?version=3#field` for
 * one version. Address and token from `VAULT_ADDR` and `VAULT_TOKEN`, or a login by AppRole or Kubernetes.
 */
export const vault: SecretReference = (name) => ({ vault: name });

/**
 * AWS Secrets Manager: the secret's name or ARN; `#field` of a JSON object, as in `awsSecret("prod/openai#key")`. Region
 * and credentials from the usual `AWS_` variables, or the role of the pod, task or machine.
 */
export const awsSecret: SecretReference = (name) => ({ awsSecret: name });

/**
 * Google Secret Manager: `projects/p/secrets/s`, optionally with `/versions/v`, or `s` in the account's own project;
 * `#field` of a JSON object. Credentials from `GOOGLE_APPLICATION_CREDENTIALS`, or the machine's service account.
 */
export const gcpSecret: SecretReference = (name) => ({ gcpSecret: name });

/**
 * Azure Key Vault: `vault/name`, or `name` in the vault of `AZURE_KEY_VAULT_URL`; `#field` of a JSON object. Credentials
 * from the usual `AZURE_` variables, or the machine's identity.
 */
export const azureSecret: SecretReference = (name) => ({ azureSecret: name });
