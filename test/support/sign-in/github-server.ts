/**
 * GitHub's side of sign-in, from its documentation (docs.github.com, "Authorizing OAuth apps" and the REST API of
 * users, organizations and teams): it refuses what GitHub refuses. A code is bound to client, redirect URI and PKCE
 * challenge, is used once, and the API wants the token and the scopes.
 */
export interface GithubUser {
  id: number;
  name: string | null;
  emails: { email: string; primary: boolean; verified: boolean; visibility: string | null }[];
  orgs: string[];
  /** `organization/slug`. */
  teams: string[];
}

export interface GithubServer extends AsyncDisposable {
  url: string;
  users: Map<string, GithubUser>;
  /** Methods and paths of the API, as they were asked for. */
  asked: string[];
  /** Tokens that were given out. */
  tokens: Set<string>;
}

interface Issued {
  login: string;
  scopes: string[];
  redirectUri: string;
  challenge: string | null;
}

export function startGithub(client: { clientId: string; clientSecret: string }, redirectUri: string): GithubServer {
  const codes = new Map<string, Issued>();
  const tokens = new Map<string, Issued>();
  const users = new Map<string, GithubUser>();
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const url = new URL(request.url);
      switch (`${request.method} ${url.pathname}`) {
        case "GET /login/oauth/authorize":
          return signInForm(url);
        case "POST /login/oauth/authorize":
          return authorize(url, new URLSearchParams(await request.text()).get("login") ?? "");
        case "POST /login/oauth/access_token":
          return Response.json(exchange(new URLSearchParams(await request.text())));
        default:
          asked.push(`${request.method} ${url.pathname}${url.search}`);
          return api(request, url);
      }
    },
  });

  function signInForm(url: URL): Response {
    const { searchParams: query } = url;
    if (query.get("client_id") !== client.clientId) return new Response("Not found", { status: 404 });
    // "The redirect_uri MUST match the registered callback URL for this application."
    if (query.get("redirect_uri") !== redirectUri)
      return Response.redirect(`${redirectUri}?error=redirect_uri_mismatch&state=${query.get("state")}`);
    const action = Bun.escapeHTML(url.pathname + url.search).replaceAll("&amp;", "&");
    const form = `<form method="post" action="${action}"><input name="login"></form>`;
    return new Response(form, { headers: { "content-type": "text/html" } });
  }

  function authorize({ searchParams: query }: URL, login: string): Response {
    const back = new URL(redirectUri);
    back.searchParams.set("state", query.get("state") ?? "");
    if (login === "") {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "The user has denied your application access.");
    } else {
      const method = query.get("code_challenge_method");
      if (query.has("code_challenge") && method !== "S256") return new Response("bad challenge", { status: 400 });
      const code = crypto.randomUUID().replaceAll("-", "").slice(0, 20);
      const scopes = (query.get("scope") ?? "").split(" ");
      codes.set(code, { login, scopes, redirectUri, challenge: query.get("code_challenge") });
      back.searchParams.set("code", code);
    }
    return Response.redirect(back.href, 302);
  }

  /** Errors come with status 200. */
  function exchange(form: URLSearchParams): object {
    if (form.get("client_id") !== client.clientId || form.get("client_secret") !== client.clientSecret)
      return {
        error: "incorrect_client_credentials",
        error_description: "The client_id and/or client_secret are incorrect.",
      };
    const code = form.get("code") ?? "";
    const issued = codes.get(code);
    codes.delete(code);
    const verifier = form.get("code_verifier");
    const challenge = verifier === null ? null : new Bun.CryptoHasher("sha256").update(verifier).digest("base64url");
    if (!issued || issued.challenge !== challenge)
      return { error: "bad_verification_code", error_description: "The code passed is incorrect or expired." };
    if (form.get("redirect_uri") !== issued.redirectUri) return { error: "redirect_uri_mismatch" };
    const token = `gho_${crypto.randomUUID().replaceAll("-", "")}`;
    tokens.set(token, issued);
    return { access_token: token, scope: issued.scopes.join(","), token_type: "bearer" };
  }

  function api(request: Request, url: URL): Response {
    if (!request.headers.get("user-agent")) return Response.json({ message: "administrative rules" }, { status: 403 });
    const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    const issued = token === undefined ? undefined : tokens.get(token);
    if (!issued) return Response.json({ message: "Bad credentials" }, { status: 401 });
    const user = users.get(issued.login);
    if (!user) return Response.json({ message: "Not Found" }, { status: 404 });
    const needs = (scope: string, rows: unknown[]) => {
      if (!issued.scopes.includes(scope)) return Response.json({ message: "Not Found" }, { status: 404 });
      const size = Number(url.searchParams.get("per_page") ?? 30);
      const page = Number(url.searchParams.get("page") ?? 1);
      return Response.json(rows.slice((page - 1) * size, page * size));
    };
    switch (url.pathname.replace(/^\/api\/v3/, "")) {
      case "/user":
        return Response.json({ id: user.id, login: issued.login, name: user.name, email: "public@of-the-profile.org" });
      case "/user/emails":
        return needs("user:email", user.emails);
      case "/user/orgs":
        return needs(
          "read:org",
          user.orgs.map((login) => ({ login })),
        );
      case "/user/teams":
        return needs(
          "read:org",
          user.teams.map((team) => {
            const [login, slug] = team.split("/");
            return { slug, name: `The team ${slug}`, organization: { login } };
          }),
        );
      default:
        return Response.json({ message: "Not Found" }, { status: 404 });
    }
  }

  return {
    url: `http://127.0.0.1:${server.port}`,
    users,
    asked,
    get tokens() {
      return new Set(tokens.keys());
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
