import { freePort } from "../../support/free-port.ts";
import { browser, type Visit } from "../../support/sign-in/browser.ts";
import { CLIENT, type OidcServer, type OidcServerOptions, startOidcServer } from "../../support/sign-in/oidc-server.ts";
import { type StandIn, type StandInOptions, standIn } from "../stand-in.ts";

export interface OidcSetUp extends AsyncDisposable {
  gateway: StandIn;
  server: OidcServer;
  browser: ReturnType<typeof browser>;
  /** Signs in as an account; ends wherever that leads. */
  signIn(login: string, options?: { path?: string; stopAt?: (url: string) => boolean }): Promise<Visit>;
}

type Options = StandInOptions & { server?: Partial<OidcServerOptions> };

/** A gateway and an issuer that know each other. */
export async function oidcSetUp({ server: of, ...options }: Options = {}): Promise<OidcSetUp> {
  const port = freePort();
  const { roles = [{ role: "viewer" as const, team: null }], oidc, ...more } = options.sso ?? {};
  const issuer = {
    issuer: `http://127.0.0.1:${port}`,
    ...CLIENT,
    label: "Our accounts",
    domains: null,
    scopes: ["profile", "email", "groups"],
    groupsClaim: "groups",
    trustMail: false,
    ...oidc,
  };
  const gateway = standIn({ ...options, sso: { roles, oidc: issuer, ...more } });
  const server = await startOidcServer({ port, redirectUri: gateway.url("/sso/oidc/callback"), ...of });
  server.accounts.set("ada", { name: "Ada Lovelace", email: "Ada@Example.com", email_verified: true, groups: ["ops"] });
  const client = browser();
  return {
    gateway,
    server,
    browser: client,
    async signIn(login, { path = "/sso/oidc", stopAt } = {}) {
      const page = await client.open(gateway.url(path));
      return client.submit(page, { login }, stopAt);
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Stops a browser before it opens the gateway's callback. */
export function atCallback(url: string): boolean {
  return url.includes("/callback?");
}
