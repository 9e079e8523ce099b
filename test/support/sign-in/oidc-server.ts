/** A real OpenID Connect issuer (`oidc-provider`) on loopback, with a form for the account's name as its sign-in page. */
import { type CryptoKey, exportJWK, generateKeyPair } from "jose";
import Provider, { interactionPolicy } from "oidc-provider";

export interface OidcServer extends AsyncDisposable {
  /** Where it listens; the issuer too, unless another was given. */
  url: string;
  /** What is claimed of each account. */
  accounts: Map<string, Record<string, unknown>>;
  /** Signs its ID tokens: for tests of what a valid signature does not make right. */
  key: CryptoKey;
  kid: string;
}

export interface OidcServerOptions {
  port: number;
  redirectUri: string;
  /** Another name under which it is reached through the test's own network. */
  issuer?: string;
  clientSecret?: string;
  authMethod?: "client_secret_basic" | "client_secret_post";
  /** Claims in the ID token, as Google does; otherwise at the userinfo endpoint alone, as OpenID Connect Core has it. */
  claimsInIdToken?: boolean;
}

export const CLIENT = { clientId: "evergate", clientSecret: "the-secret-of-the-client+/=" };
const SECOND_CLIENT = "another-client";
const KID = "key-1";
/** Made once a process: it takes longer than all the rest. */
const KEY_PAIR = generateKeyPair("RS256", { extractable: true });

export async function startOidcServer(options: OidcServerOptions): Promise<OidcServer> {
  const { port, redirectUri, authMethod = "client_secret_basic", claimsInIdToken = false } = options;
  const url = `http://127.0.0.1:${port}`;
  const accounts: OidcServer["accounts"] = new Map();
  const { privateKey } = await KEY_PAIR;
  const jwk = { ...(await exportJWK(privateKey)), kid: KID, use: "sig", alg: "RS256" };
  const client = {
    client_id: CLIENT.clientId,
    client_secret: options.clientSecret ?? CLIENT.clientSecret,
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: authMethod,
  };
  const provider = new Provider(options.issuer ?? url, {
    clients: [client, { ...client, client_id: SECOND_CLIENT }],
    clientAuthMethods: [authMethod],
    jwks: { keys: [jwk] },
    cookies: { keys: ["for-tests"] },
    pkce: { required: () => true },
    conformIdTokenClaims: !claimsInIdToken,
    scopes: ["openid", "profile", "email", "groups"],
    claims: {
      openid: ["sub", "hd"],
      profile: ["name", "realm_access"],
      email: ["email", "email_verified"],
      groups: ["groups"],
    },
    adapter: memoryAdapter(),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    features: { devInteractions: { enabled: false } },
    interactions: {
      policy: withAccountChoice(),
      url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}`,
    },
    findAccount: (_: unknown, id: string) =>
      accounts.has(id) ? { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) } : undefined,
    async loadExistingGrant(ctx: {
      oidc: { client: { clientId: string }; session: { accountId: string }; params: { scope: string } };
    }) {
      const { client: of, session, params } = ctx.oidc;
      const grant = new provider.Grant({ clientId: of.clientId, accountId: session.accountId });
      grant.addOIDCScope(params.scope);
      await grant.save();
      return grant;
    },
  });
  provider.proxy = options.issuer !== undefined;
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) return next();
    if (ctx.method === "GET") {
      ctx.body = `<form method="post" action="${ctx.path}"><input name="login"><button>Sign in</button></form>`;
      return;
    }
    const login = new URLSearchParams(await bodyOf(ctx.req)).get("login") ?? "";
    const result =
      login === ""
        ? { error: "access_denied", error_description: "no, thanks" }
        : { login: { accountId: login }, select_account: {} };
    ctx.respond = false;
    await provider.interactionFinished(ctx.req, ctx.res, result);
  });
  const server = await new Promise<ReturnType<typeof provider.listen>>((resolve) => {
    const listening = provider.listen(port, "127.0.0.1", () => resolve(listening));
  });
  return {
    url,
    accounts,
    key: privateKey,
    kid: KID,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Google's `prompt=select_account` is one that the server does not know by itself. */
function withAccountChoice() {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);
  return policy;
}

async function bodyOf(request: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of request) text += decoder.decode(chunk, { stream: true });
  return text;
}

/** Codes are used once and sessions found again: what the server asks of a store, without one. */
function memoryAdapter() {
  const all = new Map<string, Record<string, unknown>>();
  return (kind: string) => ({
    upsert: async (id: string, payload: Record<string, unknown>) => void all.set(`${kind}:${id}`, payload),
    find: async (id: string) => all.get(`${kind}:${id}`),
    findByUid: async (uid: string) => [...all.values()].find((one) => one["uid"] === uid),
    findByUserCode: async () => undefined,
    consume: async (id: string) => void Object.assign(all.get(`${kind}:${id}`)!, { consumed: true }),
    destroy: async (id: string) => void all.delete(`${kind}:${id}`),
    async revokeByGrantId(grantId: string) {
      for (const [id, one] of all) if (one["grantId"] === grantId) all.delete(id);
    },
  });
}
