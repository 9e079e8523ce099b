/** Any OpenID Connect issuer, with groups from a claim of the operator's choice. */
import type { OidcConfig } from "../../config/config.ts";
import { domainOf, groupsOf, mailOf, nameOf } from "./claims.ts";
import type { Identity, IdentityProvider } from "./identity.ts";
import { type Claims, oidcProvider, type ProviderDeps } from "./oidc.ts";
import { SignInError } from "./sign-in-error.ts";

export function anyIssuer(config: OidcConfig, deps: ProviderDeps): IdentityProvider {
  const { issuer, clientId, clientSecret, label, scopes, groupsClaim } = config;
  return oidcProvider(
    {
      name: "oidc",
      label,
      issuer,
      clientId,
      clientSecret,
      scopes,
      wanted: ["email", groupsClaim],
      toIdentity: (claims, userInfo) => toIdentity(claims, userInfo, config),
    },
    deps,
  );
}

function toIdentity(claims: Claims, userInfo: Claims, { domains, groupsClaim, trustMail }: OidcConfig): Identity {
  const claimed = mailOf(claims, userInfo);
  // An address that the issuer says is not verified is not made so by trust.
  const verified = claimed !== undefined && (claimed.verified ?? trustMail);
  const mail = verified ? claimed.mail : null;
  const domain = mail === null ? null : domainOf(mail);
  if (domains && domain === null) throw new SignInError("mail_unverified", "no verified mail address", claimed?.mail);
  if (domains && !domains.includes(domain!))
    throw new SignInError("not_admitted", `the domain of the mail address is ${domain}`, claimed?.mail);
  const subject = String(claims["sub"]);
  return {
    subject,
    name: nameOf(claims, userInfo) ?? mail ?? subject,
    mail,
    domain,
    groups: groupsOf(groupsClaim, claims, userInfo),
    organizations: [],
    teams: [],
  };
}
