/** Sign-in of the running process: sessions outlive a reload, the ways to sign in are those of the settings in force. */
import type { Deps } from "../canonical/deps.ts";
import type { SsoPorts } from "../http/ports.ts";
import { createSignInFailures } from "../http/sso/failures.ts";
import { createSessions, TOKEN_METHOD } from "../http/sso/sessions.ts";
import type { Store } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import type { AdminToken } from "./admin-token.ts";

interface SignInParts extends Pick<Deps, "clock" | "log"> {
  store: Pick<Store, "sessions" | "audit">;
  token: AdminToken;
}

interface SignIn {
  ports: SsoPorts;
  stop(): void;
}

export async function openSignIn({ clock, log, store, token }: SignInParts): Promise<SignIn> {
  const basisOf = (method: string) => (method === TOKEN_METHOD ? token.basis : undefined);
  const kept = await store.sessions.list(clock.now());
  const ports: SsoPorts = {
    sessions: createSessions(kept, { store: store.sessions, clock, log, basisOf }),
    failures: createSignInFailures(clock, store.audit),
    methods: () => [],
    audit: store.audit,
  };
  return { ports, stop: startRetention({ port: store.sessions, keepDays: 0, clock, log }) };
}
