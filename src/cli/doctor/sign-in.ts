/** Can people sign in? Each provider is reached and given a code that it never made: that costs nothing and tells all. */
import type { Deps } from "../../canonical/deps.ts";
import type { Config } from "../../config/config.ts";
import type { IdentityProvider } from "../../http/sso/identity.ts";
import { identityProviders } from "../../http/sso/providers.ts";
import { callbackPath } from "../../http/sso/redirect-uri.ts";
import { SignInError } from "../../http/sso/sign-in-error.ts";
import type { Finding } from "./finding.ts";

/** `unread`: places of secrets that their manager did not give. */
export async function lookAtSignIn(
  { sso, server }: Config,
  { deps, unread }: { deps: Deps; unread: ReadonlySet<string> },
): Promise<Finding[]> {
  const base = server.publicUrl ?? `${server.tls ? "https" : "http"}://127.0.0.1:${server.port}`;
  const looks = identityProviders(sso, deps).list.map(async (provider): Promise<Finding> => {
    const redirectUri = new URL(callbackPath(provider.name), base).href;
    const register = `its redirect URI is ${redirectUri}`;
    const { name } = provider;
    if (unread.has(`sso.${name}.clientSecret`))
      return { area: "sign-in", subject: name, verdict: "skip", detail: `no client secret; ${register}` };
    const finding = await probe(provider, redirectUri);
    return { area: "sign-in", subject: name, ...finding, detail: `${finding.detail}; ${register}` };
  });
  return Promise.all(looks);
}

async function probe(
  provider: IdentityProvider,
  redirectUri: string,
): Promise<Pick<Finding, "verdict" | "detail" | "remedy">> {
  try {
    await provider.probe(redirectUri);
    return { verdict: "ok", detail: "reached, and takes the client" };
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const settings = `sso.${provider.name}`;
    if (error.reason === "unreachable") {
      const remedy = `Check the network, a proxy or firewall, and the addresses under ${settings}.`;
      return { verdict: "fail", detail: `${provider.label} cannot be reached (${error.message})`, remedy };
    }
    if (error.reason === "refused") {
      const remedy = `Check clientId and clientSecret of ${settings}, and that the redirect URI is registered letter for letter.`;
      return { verdict: "fail", detail: `${provider.label} refuses the client (${error.message})`, remedy };
    }
    const remedy = `Try to sign in; the gateway's log says what is wrong. See the addresses under ${settings}.`;
    return { verdict: "warn", detail: `an unexpected answer of ${provider.label} (${error.message})`, remedy };
  }
}
