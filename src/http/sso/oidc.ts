/**
 * Sign-in with an OpenID Connect issuer: authorization code flow with PKCE (S256), state and nonce. The issuer's
 * metadata is fetched when somebody signs in, so an issuer that is down keeps nobody else from anything. The ID token's
 * signature is always checked: OpenID Connect Core §3.1.3.7 lets TLS stand in for it, which an issuer behind a
 * misconfigured proxy would turn into a way in.
 */
import * as client from "openid-client";
import type { Clock, Fetch, Log } from "../../canonical/deps.ts";
import type { Attempt, Identity, IdentityProvider, ProviderName } from "./identity.ts";
import { boundedFetch, checkAddress } from "./outbound.ts";
import { detailOf, SignInError } from "./sign-in-error.ts";

export interface OidcOptions {
  name: ProviderName;
  label: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: readonly string[];
  /** Further parameters of the authorization request. */
  parameters?: Record<string, string>;
  /** Claims that are looked up at the userinfo endpoint when the ID token has none of them. */
  wanted: readonly string[];
  /** Throws SignInError for whom the settings do not admit. */
  toIdentity(claims: Claims, userInfo: Claims): Identity;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface ProviderDeps {
  clock: Clock;
  fetch: Fetch;
  log: Log;
}

/** Keys and addresses of an issuer change rarely; the library fetches keys it does not know at once. */
const METADATA_MS = 60 * 60_000;
/** An issuer that is down is not asked again by every click. */
const FAILURE_MS = 5_000;
/** Of a probe. */
const NO_CODE = "evergate-doctor";

export function oidcProvider(options: OidcOptions, deps: ProviderDeps): IdentityProvider {
  const { name, label, parameters = {} } = options;
  const configuration = kept(deps.clock, () => discover(options, deps));
  return {
    name,
    label,
    async authorizationUrl({ state, nonce, verifier, redirectUri }) {
      const config = await configuration();
      const query = {
        ...parameters,
        redirect_uri: redirectUri,
        scope: [...new Set(["openid", ...options.scopes])].join(" "),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      };
      try {
        const { href } = client.buildAuthorizationUrl(config, query);
        checkAddress(href);
        return href;
      } catch (error) {
        throw new SignInError("invalid", `authorization endpoint: ${detailOf(error)}`);
      }
    },
    async identify(query, attempt) {
      const config = await configuration();
      const { claims, accessToken } = await redeem(config, query, attempt, options.clientSecret);
      const lacking = options.wanted.some((claim) => claims[claim] === undefined);
      const userInfo = lacking ? await fetchUserInfo(config, accessToken, claims.sub, { ...deps, name }) : {};
      return options.toIdentity(claims, userInfo);
    },
    async probe(redirectUri) {
      const config = await configuration();
      const query = new URLSearchParams({ code: NO_CODE, state: NO_CODE, iss: config.serverMetadata().issuer });
      const attempt = { state: NO_CODE, nonce: NO_CODE, verifier: client.randomPKCECodeVerifier(), redirectUri };
      try {
        await grant(config, query, attempt);
      } catch (error) {
        // RFC 6749 §5.2: the client was authenticated, the code is what is wrong.
        if (error instanceof client.ResponseBodyError && error.error === "invalid_grant") return;
        throw failed(error, options.clientSecret);
      }
      throw new SignInError("invalid", "it took a code that it never made");
    },
  };
}

async function discover(
  { issuer, clientId, clientSecret }: OidcOptions,
  { fetch, clock }: ProviderDeps,
): Promise<client.Configuration> {
  const bounded = boundedFetch(fetch, clock);
  const execute = [client.enableNonRepudiationChecks];
  // The settings take http for loopback alone, and `boundedFetch` sends nothing by http to anywhere else.
  if (issuer.startsWith("http:")) execute.push(client.allowInsecureRequests);
  try {
    return await client.discovery(new URL(issuer), clientId, clientSecret, clientAuthentication(clientSecret), {
      execute,
      [client.customFetch]: (url, init) => bounded(url, init as RequestInit),
    });
  } catch (error) {
    throw new SignInError("unreachable", `discovery of ${issuer}: ${detailOf(error)}`);
  }
}

/** Basic is what every issuer has to take that says nothing else (OpenID Connect Discovery §3). */
function clientAuthentication(clientSecret: string): client.ClientAuth {
  const basic = client.ClientSecretBasic(clientSecret);
  const post = client.ClientSecretPost(clientSecret);
  return (server, metadata, body, headers) => {
    const supported = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const way = supported.includes("client_secret_basic") || !supported.includes("client_secret_post") ? basic : post;
    return way(server, metadata, body, headers);
  };
}

async function redeem(
  config: client.Configuration,
  query: URLSearchParams,
  attempt: Attempt,
  clientSecret: string,
): Promise<{ claims: client.IDToken; accessToken: string }> {
  try {
    const tokens = await grant(config, query, attempt);
    return { claims: tokens.claims()!, accessToken: tokens.access_token };
  } catch (error) {
    throw failed(error, clientSecret);
  }
}

function grant(config: client.Configuration, query: URLSearchParams, attempt: Attempt) {
  const url = new URL(attempt.redirectUri);
  url.search = query.toString();
  return client.authorizationCodeGrant(config, url, {
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.verifier,
    idTokenExpected: true,
  });
}

/** What the provider itself calls an error is about the client, the code or the redirect URI. */
function failed(error: unknown, clientSecret: string): SignInError {
  if (error instanceof client.ResponseBodyError) return new SignInError("refused", detailOf(error, clientSecret));
  if (error instanceof client.WWWAuthenticateChallengeError) {
    const told = error.cause.map(({ parameters }) => parameters.error).find((text) => text !== undefined);
    return new SignInError("refused", `the token endpoint answered ${error.status}: ${told ?? "no reason given"}`);
  }
  return new SignInError(isOfNetwork(error) ? "unreachable" : "invalid", detailOf(error, clientSecret));
}

/** The library has codes of its own for what it has judged; anything else kept an answer from coming. */
function isOfNetwork(error: unknown): boolean {
  const code = error instanceof Error && "code" in error && error.code !== undefined ? String(error.code) : "";
  return !/^(?:OAUTH|ERR)_/.test(code) || code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT";
}

/** What it would have told is missing then, and gives nobody a role. */
async function fetchUserInfo(
  config: client.Configuration,
  accessToken: string,
  subject: string,
  { log, name }: Pick<ProviderDeps, "log"> & { name: string },
): Promise<Claims> {
  if (config.serverMetadata().userinfo_endpoint === undefined) return {};
  try {
    return await client.fetchUserInfo(config, accessToken, subject);
  } catch (error) {
    log("warn", "the identity provider's userinfo could not be read", { provider: name, error: detailOf(error) });
    return {};
  }
}

/** One request for all who wait; its answer is used for a while, its failure for a moment. */
function kept<T>(clock: Clock, fetch: () => Promise<T>): () => Promise<T> {
  let current: { value: Promise<T>; untilMs: number } | undefined;
  return () => {
    if (current && clock.now() < current.untilMs) return current.value;
    const entry = { value: fetch(), untilMs: clock.now() + METADATA_MS };
    current = entry;
    entry.value.catch(() => {
      entry.untilMs = clock.now() + FAILURE_MS;
    });
    return entry.value;
  };
}
