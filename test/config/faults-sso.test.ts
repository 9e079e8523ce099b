import { expect, test } from "bun:test";
import { redacted } from "../../src/config/config.ts";
import { openai, testFaults } from "./fault-table.ts";
import { loadAs } from "./support.ts";

const BASE = { providers: { openai } };
const google = { clientId: "id", clientSecret: { env: "KEY" } };
const github = google;
const oidc = { ...google, issuer: "https://id.example.com" };
const sso = (settings: object, server: object = {}) => ({ ...BASE, server, sso: settings });
const rule = (one: object, more: object = {}) =>
  sso({ google: { ...google, domains: ["example.com"] }, oidc, ...more, roles: [one] });

testFaults([
  {
    what: "a misspelt setting",
    settings: sso({ github: { ...github, organisations: ["acme"] } }),
    path: "sso.github.organisations",
    message: /unknown/,
    nearest: "organizations",
  },
  {
    what: "an issuer by plain http",
    settings: sso({ oidc: { ...oidc, issuer: "http://id.example.com" } }),
    path: "sso.oidc.issuer",
    message: /https; http is for loopback/,
  },
  {
    what: "an issuer that stands for every tenant",
    settings: sso({ oidc: { ...oidc, issuer: "https://login.microsoftonline.com/common/v2.0" } }),
    path: "sso.oidc.issuer",
    message: /every tenant/,
  },
  {
    what: "a GitHub Enterprise server by plain http",
    settings: sso({ github: { ...github, baseUrl: "http://github.example.com" } }),
    path: "sso.github.baseUrl",
    message: /https/,
  },
  {
    what: "a domain that is none",
    settings: sso({ google: { ...google, domains: ["@example.com"] } }),
    path: "sso.google.domains[0]",
    message: /domain like example.com/,
  },
  {
    what: "an empty list, which would read as nobody or as everybody",
    settings: sso({ google: { ...google, domains: [] } }),
    path: "sso.google.domains",
    message: /./,
  },
  {
    what: "a team without its organization",
    settings: sso({ github: { ...github, teams: ["platform"] } }),
    path: "sso.github.teams[0]",
    message: /organization\/team/,
  },
  {
    what: "a role that there is not",
    settings: rule({ mail: "a@example.com", role: "owner" }),
    path: "sso.roles[0].role",
    message: /./,
  },
  {
    what: "the role team without a team",
    settings: rule({ mail: "a@example.com", role: "team" }),
    path: "sso.roles[0]",
    message: /needs "team"/,
  },
  {
    what: "a team for another role",
    settings: rule({ mail: "a@example.com", role: "viewer", team: "search" }),
    path: "sso.roles[0].team",
    message: /for the role "team"/,
  },
  {
    what: "a provider that is not configured",
    settings: rule({ provider: "github", role: "viewer" }),
    path: "sso.roles[0].provider",
    message: /sso.github is not configured/,
  },
  {
    what: "a group of a provider that has none",
    settings: rule({ provider: "google", group: "ops", role: "admin" }),
    path: "sso.roles[0].group",
    message: /google tells nothing of it; it is for oidc/,
  },
  {
    what: "a role for anybody with a Google account",
    settings: sso({ google, roles: [{ provider: "google", role: "viewer" }] }),
    path: "sso.roles[0]",
    message: /anybody in the world with a google account/,
  },
  {
    what: "a role for anybody with a GitHub account, by a rule that says nothing",
    settings: rule({ role: "viewer" }, { github }),
    path: "sso.roles[0]",
    message: /anybody in the world with a github account/,
  },
  {
    what: "an address other machines reach, and none for providers to send browsers back to",
    settings: sso({ oidc }, { host: "0.0.0.0" }),
    path: "server.publicUrl",
    message: /needed for sign-in/,
  },
  {
    what: "a public address by plain http",
    settings: sso({ oidc }, { publicUrl: "http://gateway.example.com" }),
    path: "server.publicUrl",
    message: /must be https for sign-in/,
  },
  {
    what: "a public address with a path",
    settings: sso({ oidc }, { publicUrl: "https://example.com/gateway" }),
    path: "server.publicUrl",
    message: /without a path/,
  },
]);

test("defaults, and names without case", async () => {
  const settings = sso({
    google: { ...google, domains: ["Example.COM"] },
    github: { ...github, organizations: ["Acme"], baseUrl: "https://github.example.com/" },
    oidc: { ...oidc, issuer: "http://127.0.0.1:9000/realm" },
    roles: [
      { mail: "Ada@Example.com", role: "admin" },
      { group: "Ops", role: "team", team: "Search" },
    ],
  });
  const { config, faults, warnings } = await loadAs("ts", settings, { KEY: "secret-of-the-client" });
  expect(faults).toEqual([]);
  expect(warnings).toEqual([]);
  expect(config?.sso).toMatchObject({
    google: { clientSecret: "secret-of-the-client", domains: ["example.com"] },
    github: {
      organizations: ["acme"],
      teams: null,
      baseUrl: "https://github.example.com",
      apiUrl: "https://github.example.com/api/v3",
    },
    oidc: {
      label: "127.0.0.1:9000",
      domains: null,
      scopes: ["profile", "email"],
      groupsClaim: "groups",
      trustMail: false,
    },
    roles: [
      { mail: "ada@example.com", role: "admin", team: null },
      { group: "Ops", role: "team", team: "Search" },
    ],
  });
  expect(redacted(config!)["sso"]).toMatchObject({ google: { clientSecret: "env:KEY", domains: ["Example.COM"] } });
  expect(JSON.stringify(redacted(config!))).not.toContain("secret-of-the-client");
});

test("a sign-in by which nobody gets a role is said at the start", async () => {
  const { config, warnings } = await loadAs("ts", sso({ oidc }), { KEY: "k" });
  expect(config).toBeDefined();
  expect(warnings).toMatchObject([{ path: "sso.roles", message: expect.stringContaining("nobody who signs in") }]);
});
