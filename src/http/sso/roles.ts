/** Who is what. The first rule that fits decides; whom none fits has no role. */
import type { RoleRule } from "../../config/config.ts";
import type { Identity, ProviderName } from "./identity.ts";

export function roleFor(
  rules: readonly RoleRule[],
  provider: ProviderName,
  identity: Identity,
): Pick<RoleRule, "role" | "team"> | undefined {
  return rules.find((rule) => fits(rule, provider, identity));
}

function fits(rule: RoleRule, provider: ProviderName, identity: Identity): boolean {
  const { mail, domain, group, organization, githubTeam } = rule;
  return (
    (rule.provider === undefined || rule.provider === provider) &&
    (mail === undefined || mail === identity.mail) &&
    (domain === undefined || domain === identity.domain) &&
    (group === undefined || identity.groups.includes(group)) &&
    (organization === undefined || identity.organizations.includes(organization)) &&
    (githubTeam === undefined || identity.teams.includes(githubTeam))
  );
}
