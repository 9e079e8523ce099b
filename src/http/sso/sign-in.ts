/** `GET /sso/{name}` and its callback: the way to an identity provider and back. */
import { GatewayError } from "../../canonical/errors.ts";
import { hashSecret } from "../../policies/access.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { queryOf } from "../request-path.ts";
import { clearedSignInCookie, signInCookie, signInSecretOf } from "./cookie.ts";
import type { IdentityProvider } from "./identity.ts";
import { signInPage } from "./page.ts";
import { redirectUri } from "./redirect-uri.ts";
import { returnPath } from "./return-path.ts";
import { signIn } from "./session.ts";
import { SignInError, type SignInReason } from "./sign-in-error.ts";

/** Sends the browser to the provider. */
export const startSignIn: Handler = (exchange) =>
  withPage(exchange, async (provider) => {
    const { ports, request } = exchange;
    const { secureCookies } = ports.settings();
    const place = {
      redirectUri: redirectUri(ports.sso.publicUrl(), request.url, provider.name),
      returnTo: returnPath(queryOf(request.url).get("return")),
    };
    const { pending, sealed } = ports.sso.pending.begin(provider.name, place);
    const url = await provider.authorizationUrl(pending);
    return redirect(url, signInCookie(sealed, secureCookies));
  });

/** The browser comes back: whoever the provider says it is gets a session, if some rule gives them a role. */
export const finishSignIn: Handler = (exchange) =>
  withPage(exchange, async (provider) => {
    const { ports, request } = exchange;
    const { secureCookies } = ports.settings();
    const query = queryOf(request.url);
    const sealed = signInSecretOf(request, secureCookies);
    const pending = ports.sso.pending.end(provider.name, sealed, query.get("state"));
    const refusal = query.get("error");
    if (refusal !== null) throw new SignInError(refusal === "access_denied" ? "cancelled" : "refused", refusal);
    const identity = await provider.identify(query, pending);
    const found = ports.sso.roleFor(provider.name, identity);
    const { name, mail, subject } = identity;
    if (!found) throw new SignInError("no_role", `no rule fits ${hashedSubject(subject)}`, mail ?? name);
    const { role, team } = found;
    const person = `${provider.name}:${subject}`;
    const { cookie } = await signIn(exchange, { role, team, name, mail, method: provider.name, person });
    return redirect(pending.returnTo, cookie, clearedSignInCookie(secureCookies));
  });

/** Names a person in the log without saying who it is. */
function hashedSubject(subject: string): string {
  return hashSecret(subject).slice(0, 12);
}

function redirect(location: string, ...cookies: string[]): Response {
  // A code or state in the address must not travel on as a Referer.
  const headers = new Headers({ location, "cache-control": "no-store", "referrer-policy": "no-referrer" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}

/** An issuer that is down, or a change of mind, must not keep an office behind one address from signing in. */
const BLAMELESS: readonly SignInReason[] = ["unreachable", "cancelled", "no_public_url"];

/** People come here with a browser: what goes wrong is told by a page, and counted against their address. */
async function withPage(exchange: Exchange, run: (provider: IdentityProvider) => Promise<Response>): Promise<Response> {
  const { ports, request, connection, requestId, path } = exchange;
  const name = path.split("/")[2];
  const provider = ports.sso.providers().find((one) => one.name === name);
  if (!provider) throw new GatewayError("not_found", "There is no such way to sign in.");
  const address = connection.remoteAddress(request);
  const shown = { provider: provider.label, publicUrl: ports.sso.publicUrl() };
  try {
    ports.sso.failures.check(address);
    return await run(provider);
  } catch (error) {
    if (error instanceof GatewayError && error.code === "rate_limited") {
      const page = signInPage(exchange, { ...shown, reason: "rate_limited" });
      page.headers.set("retry-after", String(Math.ceil((error.retryAfterMs ?? 0) / 1_000)));
      return page;
    }
    if (!(error instanceof SignInError)) throw error;
    const { reason, message: detail, account } = error;
    ports.log("warn", "sign-in failed", { request: requestId, provider: provider.name, reason, detail });
    if (!BLAMELESS.includes(reason)) ports.sso.failures.count(address);
    await ports.sso.failures.record(address, provider.name, reason);
    const page = signInPage(exchange, { ...shown, reason, account });
    page.headers.append("set-cookie", clearedSignInCookie(ports.settings().secureCookies));
    return page;
  }
}
