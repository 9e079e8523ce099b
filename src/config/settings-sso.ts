/** Settings of sign-in to the dashboard. Types only: see settings.ts. */
import type { Secret } from "./settings.ts";

/** Who may sign in besides the admin token, and as what. An own application has to be registered at each provider. */
export interface SsoSettings {
  readonly google?: GoogleSettings;
  readonly github?: GithubSettings;
  readonly oidc?: OidcSettings;
  /** The first rule that fits decides; whom none fits is refused. Default none: nobody. */
  readonly roles?: readonly SsoRole[];
}

export interface GoogleSettings {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Google Workspace domains whose accounts may sign in (`hd` of the ID token). Default any account. */
  readonly domains?: readonly string[];
}

export interface GithubSettings {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Members of one of these, or of one of the teams, may sign in. Default any account. */
  readonly organizations?: readonly string[];
  /** `organization/team`, the team by the name in its address. */
  readonly teams?: readonly string[];
  /** GitHub Enterprise Server: `https://github.example.com`. Default `https://github.com`. */
  readonly baseUrl?: string;
  /** Default `https://api.github.com`; with `baseUrl` that address and `/api/v3`. */
  readonly apiUrl?: string;
}

/** Any OpenID Connect issuer: Keycloak, Authentik, Entra ID, Okta, Auth0, Dex … */
export interface OidcSettings {
  /** Address whose `/.well-known/openid-configuration` says the rest. https, or http on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** On the button. Default: the issuer's host. */
  readonly label?: string;
  /** Domains of verified mail addresses that may sign in. Default any account of the issuer. */
  readonly domains?: readonly string[];
  /** Besides `openid`. Default `profile` and `email`. */
  readonly scopes?: readonly string[];
  /** Claim with the names of groups, of the ID token or of userinfo; dots step into objects. Default `groups`. */
  readonly groupsClaim?: string;
  /** True: mail addresses count as verified where the issuer says nothing of it. Default false. */
  readonly trustMail?: boolean;
}

/** All that a rule names must be so. */
export interface SsoRole {
  /** Default any. */
  readonly provider?: "google" | "github" | "oidc";
  /** Verified mail address. */
  readonly mail?: string;
  /** Google: the Workspace domain. Otherwise that of the verified mail address. */
  readonly domain?: string;
  /** oidc: one of the person's groups. */
  readonly group?: string;
  /** github: an organization the person is a member of. */
  readonly organization?: string;
  /** github: `organization/team` the person is a member of. */
  readonly githubTeam?: string;
  /** `admin` may do everything, `viewer` look at everything, `team` look at what one team did. */
  readonly role: "admin" | "viewer" | "team";
  /** Of the role `team`: the team. */
  readonly team?: string;
}
