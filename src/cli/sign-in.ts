/** Sign-in of the running process: sessions outlive a reload, the ways to sign in are those of the settings in force. */
import type { Deps } from "../canonical/deps.ts";
import type { Config } from "../config/config.ts";
import type { SsoPorts } from "../http/ports.ts";
import { createSignInFailures } from "../http/sso/failures.ts";
import { createPendingSignIns } from "../http/sso/pending.ts";
import { type IdentityProviders, identityProviders } from "../http/sso/providers.ts";
import { createSessions, TOKEN_METHOD } from "../http/sso/sessions.ts";
import type { Store } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import type { Seal } from "../store/seal.ts";
import type { AdminToken } from "./admin-token.ts";

interface SignInParts extends Pick<Deps, "clock" | "fetch" | "log"> {
  store: Pick<Store, "sessions" | "audit">;
  token: AdminToken;
  seal: Seal;
  /** The one in force. */
  config(): Config;
}

interface SignIn {
  ports: SsoPorts;
  stop(): void;
}

export async function openSignIn({ store, token, seal, config, ...deps }: SignInParts): Promise<SignIn> {
  const { clock, log } = deps;
  const providers = followed(config, (sso) => identityProviders(sso, deps));
  const basisOf = (method: string) => (method === TOKEN_METHOD ? token.basis : providers().basisOf(method));
  const kept = await store.sessions.list(clock.now());
  const ports: SsoPorts = {
    sessions: createSessions(kept, { store: store.sessions, clock, log, basisOf }),
    failures: createSignInFailures(clock, store.audit),
    pending: createPendingSignIns(clock, seal),
    providers: () => providers().list,
    roleFor: (provider, identity) => providers().roleFor(provider, identity),
    publicUrl: () => config().server.publicUrl?.replace(/\/+$/, "") ?? null,
    audit: store.audit,
  };
  return { ports, stop: startRetention({ port: store.sessions, keepDays: 0, clock, log }) };
}

/** Made anew when a reload has put other settings in force, and not on every look. */
function followed(config: () => Config, make: (sso: Config["sso"]) => IdentityProviders): () => IdentityProviders {
  let made: { of: Config["sso"]; value: IdentityProviders } | undefined;
  return () => {
    const { sso } = config();
    if (made?.of !== sso) made = { of: sso, value: make(sso) };
    return made.value;
  };
}
