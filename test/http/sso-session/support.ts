import type { StandIn } from "../stand-in.ts";

/** What the API answers, checked where it matters. */
export interface Shown {
  holder: { role: string; team?: string; name: string; mail?: string } | null;
  csrf: string | null;
  methods: unknown[];
  token: boolean;
}

export interface SignedIn {
  cookie: string;
  csrf: string;
  setCookie: string;
}

/** Exchanges the admin token for a session. */
export async function signInByToken(gateway: StandIn, headers: Record<string, string> = {}): Promise<SignedIn> {
  const response = await gateway.post("/sso/session", { token: "admin-token" }, headers);
  const setCookie = response.headers.get("set-cookie") ?? "";
  const { csrf } = (await response.json()) as Shown;
  return { cookie: setCookie.split(";")[0]!, csrf: csrf ?? "", setCookie };
}

/** A session of any role, as a sign-in gives it. */
export async function sessionOf(
  gateway: StandIn,
  role: "admin" | "viewer" | "team",
  team: string | null = null,
): Promise<Omit<SignedIn, "setCookie">> {
  const person = { role, team, name: "Ada", mail: "ada@example.com", method: "google", person: `google:${role}` };
  const { secret, session } = await gateway.ports.sso.sessions.begin(person);
  return { cookie: `evergate_session=${secret}`, csrf: session.csrf };
}
