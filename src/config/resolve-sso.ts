/** Sign-in with its defaults and secrets. The settings have passed every check. */
import type { SsoConfig } from "./config.ts";
import type { SecretAt } from "./resolve-routing.ts";
import type { CheckedSettings } from "./schema.ts";

export function toSso(setting: CheckedSettings["sso"] = {}, secretAt: SecretAt): SsoConfig {
  const { google, github, oidc, roles = [] } = setting;
  const secret = (name: string) => secretAt("sso", name, "clientSecret");
  return {
    google: google
      ? { clientId: google.clientId, clientSecret: secret("google"), domains: lower(google.domains) }
      : null,
    github: github
      ? {
          clientId: github.clientId,
          clientSecret: secret("github"),
          organizations: lower(github.organizations),
          teams: lower(github.teams),
          baseUrl: trimmed(github.baseUrl ?? GITHUB),
          apiUrl: trimmed(github.apiUrl ?? (github.baseUrl ? `${trimmed(github.baseUrl)}/api/v3` : GITHUB_API)),
        }
      : null,
    oidc: oidc
      ? {
          issuer: oidc.issuer,
          clientId: oidc.clientId,
          clientSecret: secret("oidc"),
          label: oidc.label ?? new URL(oidc.issuer).host,
          domains: lower(oidc.domains),
          scopes: oidc.scopes ?? ["profile", "email"],
          groupsClaim: oidc.groupsClaim ?? "groups",
          trustMail: oidc.trustMail ?? false,
        }
      : null,
    roles: roles.map(({ mail, domain, organization, githubTeam, team, ...rest }) => ({
      ...rest,
      ...(mail !== undefined && { mail: mail.toLowerCase() }),
      ...(domain !== undefined && { domain: domain.toLowerCase() }),
      ...(organization !== undefined && { organization: organization.toLowerCase() }),
      ...(githubTeam !== undefined && { githubTeam: githubTeam.toLowerCase() }),
      team: team ?? null,
    })),
  };
}

const GITHUB = "https://github.com";
const GITHUB_API = "https://api.github.com";

/** Domains, mail addresses and GitHub's names have no case. */
function lower(names: readonly string[] | undefined): string[] | null {
  return names?.map((name) => name.toLowerCase()) ?? null;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
