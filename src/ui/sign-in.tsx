/** Sign-in with the admin token, or with a provider of identities where one is configured. */
import { useState } from "preact/hooks";
import { ApiError } from "./api/client.ts";
import { CopyLine } from "./components/copy-button.tsx";
import { Icon } from "./components/icon.tsx";
import { useTitle } from "./components/page-head.tsx";
import { link, useLocation } from "./location.tsx";
import { type Session, type SignInMethod, useSession } from "./session.tsx";

export function SignIn({ session }: { session: Session }) {
  useTitle("Sign in");
  const { path, query } = useLocation();
  const back = query.size > 0 ? `${path}?${query}` : path;
  return (
    <main class="sign-in" id="main" tabIndex={-1}>
      <div class="card">
        <h1 class="brand">
          <Icon name="brand" />
          Evergate
        </h1>
        {session.methods.length > 0 && <Methods methods={session.methods} back={back} />}
        {session.methods.length > 0 && session.token && <p class="or muted small">or</p>}
        {session.token && <TokenForm />}
      </div>
    </main>
  );
}

function Methods({ methods, back }: { methods: readonly SignInMethod[]; back: string }) {
  return (
    <ul class="plain stack">
      {methods.map(({ name, label, url }) => (
        <li key={name}>
          <a class="button wide" href={link(url, { return: back })}>
            Sign in with {label}
          </a>
        </li>
      ))}
    </ul>
  );
}

function TokenForm() {
  const { signIn } = useSession();
  const [token, setToken] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(token.trim());
    } catch (thrown) {
      setError(textOf(thrown as ApiError));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} class="stack">
      <label class="field">
        <span>Admin token</span>
        <input
          type="password"
          name="token"
          autoComplete="current-password"
          spellcheck={false}
          required
          value={token}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : "token-error"}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      {error !== undefined && (
        <p id="token-error" class="field-error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" class="button primary wide" disabled={busy}>
        Sign in
      </button>
      <details class="small muted">
        <summary>Where is the token?</summary>
        <p>
          It is <code>server.adminToken</code> of the configuration. Where none is set, the gateway made one on its
          first start and showed it once. To set one, write into the configuration:
        </p>
        <CopyLine text='server: { adminToken: env("EVERGATE_ADMIN_TOKEN") }' />
      </details>
    </form>
  );
}

function textOf(error: ApiError): string {
  if (error.status === 401) return "That is not the admin token of this gateway.";
  return error instanceof ApiError ? error.message : String(error);
}
