/** Sign-in as it was written: rules that fit together, and addresses that a browser and a provider can use. */
import { isLoopback } from "../policies/address-ranges.ts";
import type { Fault } from "./fault.ts";
import { nearest } from "./nearest.ts";
import { printPath } from "./path.ts";
import type { Report } from "./references.ts";

export interface SsoFaults {
  faults: Fault[];
  /** What is legal and probably not meant. */
  warnings: Fault[];
}

/** `host`: the address that is listened on. */
export function ssoFaults(settings: Record<string, unknown>, host: string): SsoFaults {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const report: Report = (path, message, near) =>
    faults.push({ path: printPath(path), message, ...(near !== undefined && { nearest: near }) });
  const sso = object(settings["sso"]);
  const configured = PROVIDERS.filter((name) => sso[name] !== undefined);
  const rules = list(sso["roles"]).map(object);
  for (const [index, rule] of rules.entries()) checkRule(index, rule, sso, configured, report);
  checkTenant(object(sso["oidc"])["issuer"], report);
  if (configured.length > 0) {
    checkPublicUrl(object(settings["server"])["publicUrl"], host, report);
    if (rules.length === 0) warnings.push({ path: "sso.roles", message: "is missing: nobody who signs in has a role" });
  }
  return { faults, warnings };
}

const PROVIDERS = ["google", "github", "oidc"] as const;
type Provider = (typeof PROVIDERS)[number];

/** What a rule may ask of whom. */
const CONDITIONS: Record<string, readonly Provider[]> = {
  mail: PROVIDERS,
  domain: PROVIDERS,
  group: ["oidc"],
  organization: ["github"],
  githubTeam: ["github"],
};

function checkRule(
  index: number,
  rule: Record<string, unknown>,
  sso: Record<string, unknown>,
  configured: readonly Provider[],
  report: Report,
): void {
  const path = ["sso", "roles", index];
  const { provider, role, team } = rule;
  if (role === "team" && team === undefined) report(path, 'needs "team": the role team sees one team alone');
  if (role !== "team" && team !== undefined) report([...path, "team"], 'is for the role "team"');
  if (typeof provider === "string" && !configured.includes(provider as Provider))
    report([...path, "provider"], `sso.${provider} is not configured`, nearest(provider, configured));
  const asked = Object.keys(CONDITIONS).filter((name) => rule[name] !== undefined);
  for (const name of asked) {
    const able = CONDITIONS[name]!;
    if (typeof provider === "string" && !able.includes(provider as Provider))
      report([...path, name], `${provider} tells nothing of it; it is for ${able.join(", ")}`);
  }
  if (asked.length > 0) return;
  for (const name of configured) {
    if ((provider === undefined || provider === name) && isOpen(name, sso))
      report(
        path,
        `gives a role to anybody in the world with a ${name} account; say which in the rule or in sso.${name}`,
      );
  }
}

/** Whether anybody may have an account there. An issuer of `oidc` is the operator's own choice of people. */
function isOpen(name: Provider, sso: Record<string, unknown>): boolean {
  const { domains, organizations, teams } = object(sso[name]);
  return name !== "oidc" && domains === undefined && organizations === undefined && teams === undefined;
}

/** There the tokens of every tenant in the world would be as good as the operator's own. */
const ANY_TENANT = /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)(?:\/|$)/i;

function checkTenant(issuer: unknown, report: Report): void {
  if (typeof issuer === "string" && ANY_TENANT.test(issuer))
    report(["sso", "oidc", "issuer"], "stands for every tenant; write your tenant's id in its place");
}

function checkPublicUrl(publicUrl: unknown, host: string, report: Report): void {
  const path = ["server", "publicUrl"];
  if (publicUrl === undefined) {
    if (!isLoopback(host)) report(path, "is needed for sign-in: providers send browsers back to that address");
    return;
  }
  const url = typeof publicUrl === "string" ? URL.parse(publicUrl) : null;
  if (!url) return;
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    report(path, "must be an address without a path, like https://gateway.example.com, for sign-in");
  if (url.protocol === "http:" && !isLoopback(url.hostname.replace(/^\[|\]$/g, "")))
    report(path, "must be https for sign-in: over http anybody on the way could take the session");
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
