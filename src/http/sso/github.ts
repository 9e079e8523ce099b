/**
 * GitHub: OAuth with PKCE (which it has taken since July 2025), no OpenID Connect. Who it is, which addresses are
 * verified and which organizations and teams the person is a member of is asked of the API with the person's own token,
 * which is forgotten after that.
 */
import type { Fetch } from "../../canonical/deps.ts";
import type { GithubConfig, RoleRule } from "../../config/config.ts";
import { domainOf, printable } from "./claims.ts";
import type { Attempt, Identity, IdentityProvider } from "./identity.ts";
import type { ProviderDeps } from "./oidc.ts";
import { boundedFetch } from "./outbound.ts";
import { detailOf, SignInError } from "./sign-in-error.ts";

const PAGE_ROWS = 100;
/** A person in more than a thousand organizations or teams has to be named by mail. */
const MAX_PAGES = 10;
const API_VERSION = "2022-11-28";
/** Of a probe. */
const NO_CODE = "evergate-doctor";
/** What GitHub says where id and secret are right and the code is not. */
const CODE_REFUSED = "bad_verification_code";

/** `roles` decide what has to be asked: a rule that names organizations or teams needs them. */
export function github(config: GithubConfig, roles: readonly RoleRule[], deps: ProviderDeps): IdentityProvider {
  const { clientId, baseUrl, organizations, teams } = config;
  const fetch = boundedFetch(deps.fetch, deps.clock);
  const asksOrganizations = organizations !== null || roles.some((rule) => rule.organization !== undefined);
  const asksTeams = teams !== null || roles.some((rule) => rule.githubTeam !== undefined);
  const scopes = ["read:user", "user:email", ...(asksOrganizations || asksTeams ? ["read:org"] : [])];
  return {
    name: "github",
    label: "GitHub",
    async authorizationUrl({ state, verifier, redirectUri }) {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: scopes.join(" "),
        state,
        code_challenge: new Bun.CryptoHasher("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      });
      return `${baseUrl}/login/oauth/authorize?${query}`;
    },
    async identify(query, attempt) {
      const get = apiOf(config, fetch, await redeem(config, fetch, query, attempt));
      const user = objectOf(await get("/user"));
      const { id, login } = user;
      if (typeof id !== "number" || typeof login !== "string") throw new SignInError("invalid", "no user in /user");
      const mail = primaryMail(await get("/user/emails"));
      const identity: Identity = {
        subject: String(id),
        name: printable(user["name"]) ?? login,
        mail,
        domain: mail === null ? null : domainOf(mail),
        groups: [],
        organizations: asksOrganizations ? (await pages(get, "/user/orgs")).flatMap(loginOf) : [],
        teams: asksTeams ? (await pages(get, "/user/teams")).flatMap(teamOf) : [],
      };
      return admitted(identity, login, config);
    },
    async probe(redirectUri) {
      const query = new URLSearchParams({ code: NO_CODE });
      try {
        await redeem(config, fetch, query, { state: NO_CODE, nonce: NO_CODE, verifier: NO_CODE, redirectUri });
      } catch (error) {
        if (error instanceof SignInError && error.message.endsWith(CODE_REFUSED)) return;
        throw error;
      }
      throw new SignInError("invalid", "it took a code that it never made");
    },
  };
}

function admitted(identity: Identity, login: string, { organizations, teams }: GithubConfig): Identity {
  const isOpen = organizations === null && teams === null;
  const isMember =
    identity.organizations.some((name) => organizations?.includes(name)) ||
    identity.teams.some((name) => teams?.includes(name));
  if (isOpen || isMember) return identity;
  throw new SignInError("not_admitted", "a member of none of the organizations and teams", login);
}

type Get = (path: string) => Promise<unknown>;

async function redeem(
  { baseUrl, clientId, clientSecret }: GithubConfig,
  fetch: Fetch,
  query: URLSearchParams,
  { verifier, redirectUri }: Attempt,
): Promise<string> {
  const code = query.get("code");
  if (!code) throw new SignInError("invalid", "no code");
  const answer = await ask(fetch, `${baseUrl}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json", "user-agent": "evergate" },
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  // GitHub answers errors with 200 too.
  const { error, access_token: token } = objectOf(answer.body);
  if (typeof token === "string" && token !== "" && error === undefined) return token;
  throw new SignInError("refused", `no token (HTTP ${answer.status}): ${printable(error) ?? "no reason given"}`);
}

function apiOf({ apiUrl }: GithubConfig, fetch: Fetch, token: string): Get {
  return async (path) => {
    const { status, body } = await ask(fetch, `${apiUrl}${path}`, {
      method: "GET",
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "user-agent": "evergate",
        "x-github-api-version": API_VERSION,
      },
    });
    if (status === 200) return body;
    throw new SignInError(status >= 500 ? "unreachable" : "refused", `${path.split("?")[0]} answered ${status}`);
  };
}

async function ask(fetch: Fetch, url: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch (error) {
    throw new SignInError("unreachable", detailOf(error));
  }
}

async function pages(get: Get, path: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const some = await get(`${path}?per_page=${PAGE_ROWS}&page=${page}`);
    if (!Array.isArray(some)) throw new SignInError("invalid", `${path} is no list`);
    rows.push(...some);
    if (some.length < PAGE_ROWS) break;
  }
  return rows;
}

function primaryMail(rows: unknown): string | null {
  const list = Array.isArray(rows) ? rows.map(objectOf) : [];
  const found = list.find(({ primary, verified }) => primary === true && verified === true);
  return typeof found?.["email"] === "string" ? found["email"].toLowerCase() : null;
}

function loginOf(row: unknown): string[] {
  const { login } = objectOf(row);
  return typeof login === "string" ? [login.toLowerCase()] : [];
}

function teamOf(row: unknown): string[] {
  const { slug, organization } = objectOf(row);
  return typeof slug === "string" ? loginOf(organization).map((login) => `${login}/${slug.toLowerCase()}`) : [];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
