/** Schema of sign-in. Meanings and defaults: settings-sso.ts. */
import { Type } from "@sinclair/typebox";
import { choice, FLAG, SECRET, section, text } from "./schema-parts.ts";

const CLIENT = { clientId: text(), clientSecret: SECRET };
const CLOSED = { additionalProperties: false };
const DOMAINS = Type.Optional(Type.Array(text("domain"), { minItems: 1 }));

export const SSO = section({
  google: Type.Object({ ...CLIENT, domains: DOMAINS }, CLOSED),
  github: Type.Object(
    {
      ...CLIENT,
      organizations: Type.Optional(Type.Array(text("name"), { minItems: 1 })),
      teams: Type.Optional(Type.Array(text("github-team"), { minItems: 1 })),
      baseUrl: Type.Optional(text("sign-in-url")),
      apiUrl: Type.Optional(text("sign-in-url")),
    },
    CLOSED,
  ),
  oidc: Type.Object(
    {
      issuer: text("sign-in-url"),
      ...CLIENT,
      label: Type.Optional(text()),
      domains: DOMAINS,
      scopes: Type.Optional(Type.Array(text("name"))),
      groupsClaim: Type.Optional(text()),
      trustMail: Type.Optional(FLAG),
    },
    CLOSED,
  ),
  roles: Type.Array(
    Type.Object(
      {
        provider: Type.Optional(choice("google", "github", "oidc")),
        mail: Type.Optional(text("mail")),
        domain: Type.Optional(text("domain")),
        group: Type.Optional(text()),
        organization: Type.Optional(text("name")),
        githubTeam: Type.Optional(text("github-team")),
        role: choice("admin", "viewer", "team"),
        team: Type.Optional(text("name")),
      },
      CLOSED,
    ),
  ),
});
