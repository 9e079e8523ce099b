/** Reading what an issuer claims of a person, of which any part may be missing or of another form. */
import type { Claims } from "./oidc.ts";

const MAX_NAME_CHARACTERS = 200;

export interface ClaimedMail {
  /** In lower case. */
  mail: string;
  /** As claimed beside it; null where nothing is said. */
  verified: boolean | null;
}

/** Address and verification have to come from one place: together they say something that neither source said. */
export function mailOf(...sources: readonly Claims[]): ClaimedMail | undefined {
  const claims = sources.find((source) => typeof source["email"] === "string" && source["email"] !== "");
  if (!claims) return undefined;
  const told = claims["email_verified"];
  // Some issuers write booleans as text (AWS Cognito).
  const verified = told === true || told === "true" ? true : told === undefined ? null : false;
  return { mail: (claims["email"] as string).toLowerCase(), verified };
}

export function domainOf(mail: string): string {
  return mail.slice(mail.lastIndexOf("@") + 1);
}

/** The first of the usual claims that holds a name for people. */
export function nameOf(...sources: readonly Claims[]): string | undefined {
  const values = ["name", "preferred_username"].flatMap((claim) => sources.map((source) => source[claim]));
  return values.map(printable).find((text) => text !== undefined);
}

/** Bounded and on one line; undefined for what holds no text. */
export function printable(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.replace(/\p{C}/gu, "").trim().slice(0, MAX_NAME_CHARACTERS) || undefined;
}

/** Names of groups: of the claim of that very name, else along its dots (`realm_access.roles`). */
export function groupsOf(claim: string, ...sources: readonly Claims[]): string[] {
  for (const source of sources) {
    const value = Object.hasOwn(source, claim) ? source[claim] : along(source, claim.split("."));
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.filter((item) => typeof item === "string");
  }
  return [];
}

function along(source: Claims, steps: readonly string[]): unknown {
  let value: unknown = source;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Claims)[step];
  }
  return value;
}
