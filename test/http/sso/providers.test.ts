import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { RoleRule, SsoConfig } from "../../../src/config/config.ts";
import { groupsOf, mailOf } from "../../../src/http/sso/claims.ts";
import type { Identity, ProviderName } from "../../../src/http/sso/identity.ts";
import { identityProviders } from "../../../src/http/sso/providers.ts";
import { returnPath } from "../../../src/http/sso/return-path.ts";
import { roleFor } from "../../../src/http/sso/roles.ts";
import { collectingLog } from "../../support/collecting-log.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const SSO: SsoConfig = {
  google: { clientId: "g", clientSecret: "s", domains: ["example.com"] },
  github: null,
  oidc: {
    issuer: "https://id.example.com",
    clientId: "o",
    clientSecret: "s",
    label: "Ours",
    domains: null,
    scopes: [],
    groupsClaim: "groups",
    trustMail: false,
  },
  roles: [{ mail: "ada@example.com", role: "admin", team: null }],
};

function basesOf(sso: SsoConfig) {
  const providers = identityProviders(sso, { clock: simulatedClock(), log: collectingLog().log, fetch });
  return { google: providers.basisOf("google"), oidc: providers.basisOf("oidc"), github: providers.basisOf("github") };
}

describe("what sessions rest on", () => {
  test("is there for what is configured", () => {
    const { google, oidc, github } = basesOf(SSO);
    expect(google).toMatch(/^[0-9a-f]{64}$/);
    expect(oidc).toMatch(/^[0-9a-f]{64}$/);
    expect(google).not.toBe(oidc!);
    expect(github).toBeUndefined();
  });

  test.each<[string, SsoConfig]>([
    ["the roles", { ...SSO, roles: [] }],
    ["the client", { ...SSO, google: { ...SSO.google!, clientId: "x" }, oidc: { ...SSO.oidc!, clientId: "x" } }],
    ["the domains", { ...SSO, google: { ...SSO.google!, domains: null }, oidc: { ...SSO.oidc!, domains: ["x.org"] } }],
    ["the sign-in as such", { ...SSO, google: null, oidc: null }],
  ])("changes with %s", (_, sso) => {
    expect(basesOf(sso).google).not.toBe(basesOf(SSO).google);
    expect(basesOf(sso).oidc).not.toBe(basesOf(SSO).oidc);
  });

  test("stays when a client secret is rotated", () => {
    expect(basesOf({ ...SSO, google: { ...SSO.google!, clientSecret: "rotated" } })).toEqual(basesOf(SSO));
  });
});

describe("the first rule that fits decides, and all that it names must be so", () => {
  const ADA: Identity = {
    subject: "1",
    name: "Ada",
    mail: "ada@example.com",
    domain: "example.com",
    groups: ["Ops"],
    organizations: ["acme"],
    teams: ["acme/platform"],
  };
  const admin = { role: "admin", team: null } as const;
  test.each<[Partial<RoleRule>, ProviderName, Partial<Identity>, boolean]>([
    [{}, "oidc", {}, true],
    [{ provider: "oidc" }, "oidc", {}, true],
    [{ provider: "google" }, "oidc", {}, false],
    [{ provider: "google", mail: "ada@example.com" }, "oidc", {}, false],
    [{ mail: "ada@example.com" }, "github", {}, true],
    [{ mail: "ada@example.com" }, "github", { mail: null }, false],
    [{ domain: "example.com" }, "google", {}, true],
    [{ domain: "example.com" }, "google", { domain: null }, false],
    [{ group: "Ops" }, "oidc", {}, true],
    [{ group: "ops" }, "oidc", {}, false],
    [{ group: "Op" }, "oidc", {}, false],
    [{ organization: "acme" }, "github", {}, true],
    [{ organization: "acme" }, "github", { organizations: [] }, false],
    [{ githubTeam: "acme/platform" }, "github", {}, true],
    [{ githubTeam: "acme/platform" }, "github", { teams: [] }, false],
    [{ domain: "example.com", group: "Ops" }, "oidc", {}, true],
    [{ domain: "example.com", group: "Ops" }, "oidc", { groups: [] }, false],
    [{ domain: "example.com", group: "Ops" }, "oidc", { domain: "example.org" }, false],
  ])("%j, for %s with %j: %p", (rule, provider, identity, fits) => {
    const found = roleFor([{ ...rule, ...admin }], provider, { ...ADA, ...identity });
    expect(found?.role).toBe(fits ? "admin" : undefined!);
  });

  test("in the order of the settings", () => {
    const rules: RoleRule[] = [
      { provider: "google", ...admin },
      { group: "Ops", role: "viewer", team: null },
      { mail: "ada@example.com", ...admin },
    ];
    expect(roleFor(rules, "oidc", ADA)?.role).toBe("viewer");
    expect(roleFor(rules.toReversed(), "oidc", ADA)?.role).toBe("admin");
    expect(roleFor([], "oidc", ADA)).toBeUndefined();
  });
});

test.each([
  [null, "/ui"],
  ["", "/ui"],
  ["/ui", "/ui"],
  ["/ui/", "/ui/"],
  ["/ui/requests?status=5xx&x=//y#at", "/ui/requests?status=5xx&x=//y#at"],
  ["/ui?x=1", "/ui?x=1"],
  ["/ui/../ui/keys", "/ui/keys"],
  ["/ui/../admin", "/ui"],
  ["/ui/%2e%2e/admin", "/ui"],
  ["//evil.example.com/ui", "/ui"],
  ["/\\evil.example.com", "/ui"],
  ["https://evil.example.com/ui", "/ui"],
  ["/uix", "/ui"],
  ["/u\ni", "/ui"],
  [`/ui/${"x".repeat(1_000)}`, "/ui"],
])("return=%p leads to %s", (asked, path) => {
  expect(returnPath(asked)).toBe(path);
});

test("return leads nowhere but below /ui, whatever it is", () => {
  const base = "https://gateway.example.com/sso/oidc/callback";
  const pieces = fc.constantFrom(
    "/",
    "\\",
    "..",
    ".",
    "%2e",
    "%2f",
    "@",
    ":",
    "?",
    "#",
    "\n",
    "\t",
    "evil.example.com",
    "ui",
  );
  const tail = fc.array(fc.oneof(pieces, fc.string({ unit: "binary" }))).map((parts) => parts.join(""));
  const asked = fc.tuple(fc.constantFrom("", "/ui", "/ui/", "//", "/\\", "https://", "javascript:"), tail);
  fc.assert(
    fc.property(asked, ([start, rest]) => {
      const { origin, pathname } = new URL(returnPath(start + rest), base);
      expect(origin).toBe("https://gateway.example.com");
      expect(pathname === "/ui" || pathname.startsWith("/ui/")).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [[{ email: "A@b.c", email_verified: true }], { mail: "a@b.c", verified: true }],
  [[{ email: "a@b.c", email_verified: "true" }], { mail: "a@b.c", verified: true }],
  [[{ email: "a@b.c", email_verified: "false" }], { mail: "a@b.c", verified: false }],
  [[{ email: "a@b.c", email_verified: 1 }], { mail: "a@b.c", verified: false }],
  [[{ email: "a@b.c" }], { mail: "a@b.c", verified: null }],
  // The one's address with the other's word for it would be an address that nobody has verified.
  [[{ email_verified: true }, { email: "a@b.c" }], { mail: "a@b.c", verified: null }],
  [
    [
      { email: "a@b.c", email_verified: false },
      { email: "x@y.z", email_verified: true },
    ],
    { mail: "a@b.c", verified: false },
  ],
  [[{ email: ["a@b.c"], email_verified: true }], undefined],
  [[{}], undefined],
])("the mail address in %j", (sources, mail) => {
  expect(mailOf(...(sources as Record<string, unknown>[]))).toEqual(mail as never);
});

test.each([
  ["groups", { groups: ["a", "b"] }, ["a", "b"]],
  ["groups", { groups: ["a", 7, null, { a: 1 }] }, ["a"]],
  ["groups", { groups: "a" }, ["a"]],
  ["groups", { groups: { a: true } }, []],
  ["groups", {}, []],
  ["realm_access.roles", { realm_access: { roles: ["a"] } }, ["a"]],
  ["https://example.com/groups", { "https://example.com/groups": ["a"] }, ["a"]],
  ["constructor.name", {}, []],
  ["__proto__", {}, []],
])("groups by the claim %s in %j", (claim, source, groups) => {
  expect(groupsOf(claim, source as Record<string, unknown>)).toEqual(groups);
});
