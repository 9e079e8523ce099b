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

/** HashiCorp Vault: `path#field`. */
export const vault: SecretReference = (name) => ({ vault: name });

/** AWS Secrets Manager: `name#field`. */
export const awsSecret: SecretReference = (name) => ({ awsSecret: name });

/** Google Secret Manager: the secret's name. */
export const gcpSecret: SecretReference = (name) => ({ gcpSecret: name });

/** Azure Key Vault: `vault/name`. */
export const azureSecret: SecretReference = (name) => ({ azureSecret: name });
