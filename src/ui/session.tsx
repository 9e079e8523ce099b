/** Who is signed in, and the admin API in their name. */
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Api, type ApiError, createApi } from "./api/client.ts";
import type { Role } from "./roles.ts";

export interface Holder {
  role: Role;
  /** Of the role `team`: whose calls and keys they see. */
  team?: string;
  name: string;
  mail?: string;
}

export interface SignInMethod {
  name: string;
  label: string;
  url: string;
}

export interface Session {
  holder: Holder | null;
  csrf: string | null;
  methods: SignInMethod[];
  /** Whether the admin token opens a session. */
  token: boolean;
}

interface SessionState {
  /** Undefined until the gateway has said. */
  session: Session | undefined;
  error: ApiError | undefined;
  api: Api;
  /** @throws ApiError */
  signIn(token: string): Promise<void>;
  /** Of this browser, or of every one this person is signed in with. */
  signOut(everywhere?: boolean): Promise<void>;
  retry(): void;
}

const SessionContext = createContext<SessionState | undefined>(undefined);

export function SessionProvider({ children }: { children: ComponentChildren }) {
  const [session, setSession] = useState<Session>();
  const [error, setError] = useState<ApiError>();
  const csrf = useRef<string | null>(null);
  const state = useMemo(() => {
    const keep = (next: Session) => {
      csrf.current = next.csrf;
      setError(undefined);
      setSession(next);
    };
    const api = createApi({
      csrf: () => csrf.current,
      onSignedOut: () => setSession((old) => old && { ...old, holder: null, csrf: null }),
    });
    const ask = () => api.get<Session>("/sso/session").then(keep, setError);
    return {
      api,
      retry: () => void ask(),
      async begin() {
        const token = takeToken();
        if (token === undefined) return ask();
        // A link that was used before, or of another gateway: the form then says what to do.
        await api.send<Session>("POST", "/sso/session", { token }).then(keep, ask);
      },
      signIn: async (token: string) => keep(await api.send<Session>("POST", "/sso/session", { token })),
      async signOut(everywhere = false) {
        await api.send("DELETE", everywhere ? "/sso/sessions" : "/sso/session");
        await ask();
      },
    };
  }, []);
  useEffect(() => {
    const begin = () => void state.begin();
    begin();
    // The printed link, opened where the dashboard is open already, changes nothing but the fragment.
    const follow = () => location.hash.startsWith(TOKEN_PREFIX) && begin();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [state]);
  return <SessionContext.Provider value={{ ...state, session, error }}>{children}</SessionContext.Provider>;
}

export function useSession(): SessionState {
  return useContext(SessionContext)!;
}

export function useApi(): Api {
  return useSession().api;
}

/** Whoever is signed in. Only below the sign-in page's border. */
export function useHolder(): Holder {
  return useSession().session!.holder!;
}

const TOKEN_PREFIX = "#token=";

/** The token of a link that the gateway printed, taken out of the address at once: neither history nor a look over a shoulder shall have it. */
function takeToken(): string | undefined {
  if (!location.hash.startsWith(TOKEN_PREFIX)) return undefined;
  const token = decodeURIComponent(location.hash.slice(TOKEN_PREFIX.length));
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}
