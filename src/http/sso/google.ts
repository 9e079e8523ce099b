/** Google: OpenID Connect, with the Workspace domain checked on the verified ID token. */
import type { GoogleConfig } from "../../config/config.ts";
import { mailOf, nameOf } from "./claims.ts";
import type { Identity, IdentityProvider } from "./identity.ts";
import { type Claims, oidcProvider, type ProviderDeps } from "./oidc.ts";
import { SignInError } from "./sign-in-error.ts";

const GOOGLE_ISSUER = "https://accounts.google.com";

export function google({ clientId, clientSecret, domains }: GoogleConfig, deps: ProviderDeps): IdentityProvider {
  // Only a hint for the choice of accounts: whoever edits the address leaves it out.
  const hint = domains && { hd: domains.length === 1 ? domains[0]! : "*" };
  return oidcProvider(
    {
      name: "google",
      label: "Google",
      issuer: GOOGLE_ISSUER,
      clientId,
      clientSecret,
      scopes: ["profile", "email"],
      parameters: { prompt: "select_account", ...hint },
      wanted: [],
      toIdentity: (claims) => toIdentity(claims, domains),
    },
    deps,
  );
}

/**
 * `hd` is there for accounts that a Workspace administrator controls, and for no others: an ordinary account may have a
 * verified address of any domain whose mail its holder could once read.
 */
function toIdentity(claims: Claims, domains: readonly string[] | null): Identity {
  const claimed = mailOf(claims);
  const domain = typeof claims["hd"] === "string" ? claims["hd"].toLowerCase() : null;
  if (claimed?.verified !== true) throw new SignInError("mail_unverified", "email_verified is not true", claimed?.mail);
  if (domains && (domain === null || !domains.includes(domain)))
    throw new SignInError("not_admitted", `the Workspace domain is ${domain ?? "none"}`, claimed.mail);
  return {
    subject: String(claims["sub"]),
    name: nameOf(claims) ?? claimed.mail,
    mail: claimed.mail,
    domain,
    groups: [],
    organizations: [],
    teams: [],
  };
}
