/** The ways to sign in that the settings name. */
import type { SsoConfig } from "../../config/config.ts";
import { hashSecret } from "../../policies/access.ts";
import { anyIssuer } from "./any-issuer.ts";
import { github } from "./github.ts";
import { google } from "./google.ts";
import type { Identity, IdentityProvider, ProviderName } from "./identity.ts";
import type { ProviderDeps } from "./oidc.ts";
import { roleFor } from "./roles.ts";

export interface IdentityProviders {
  /** In the order in which they are offered. */
  list: readonly IdentityProvider[];
  /** The person's role and team; undefined: none. */
  roleFor(provider: ProviderName, identity: Identity): ReturnType<typeof roleFor>;
  /** What sessions of this way rest on; undefined where it is not configured. */
  basisOf(method: string): string | undefined;
}

export function identityProviders(sso: SsoConfig, deps: ProviderDeps): IdentityProviders {
  const list = [
    ...(sso.google ? [google(sso.google, deps)] : []),
    ...(sso.github ? [github(sso.github, sso.roles, deps)] : []),
    ...(sso.oidc ? [anyIssuer(sso.oidc, deps)] : []),
  ];
  const bases = new Map(list.map(({ name }) => [name as string, basisOf(sso, name)]));
  return {
    list,
    roleFor: (provider, identity) => roleFor(sso.roles, provider, identity),
    basisOf: (method) => bases.get(method),
  };
}

/** A new client secret changes nothing about who may do what, so its rotation signs nobody out. */
function basisOf(sso: SsoConfig, name: ProviderName): string {
  const settings = { ...sso[name], clientSecret: undefined, label: undefined };
  return hashSecret(JSON.stringify([settings, sso.roles]));
}
