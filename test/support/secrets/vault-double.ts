/**
 * HashiCorp Vault as its API reference describes it: tokens with a time, a longest life and policies, AppRole and
 * Kubernetes logins, namespaces, the seal, and a KV engine of version 2.
 */
import { answering, type Double } from "./double.ts";

interface Token {
  ttlMs: number;
  endsAtMs: number;
  /** Epoch milliseconds it cannot be renewed beyond. */
  longestMs: number;
  renewable: boolean;
  /** Beginnings of paths it may read. */
  reads: readonly string[];
}

interface Version {
  data: Record<string, unknown> | null;
  deleted?: "soft" | "destroyed";
}

export interface TokenTerms {
  ttlMs?: number;
  maxMs?: number;
  renewable?: boolean;
  reads?: readonly string[];
}

export interface VaultDouble extends Double {
  sealed: boolean;
  /** Every question must come with this namespace. */
  namespace: string | undefined;
  /** Terms of tokens that logins give. */
  terms: TokenTerms;
  issue(token: string, terms?: TokenTerms): string;
  revoke(token: string): void;
  /** Whether a token is alive now. */
  alive(token: string): boolean;
  /** Writes a new version. */
  put(path: string, data: Record<string, unknown>): void;
  /** Takes away the newest version. */
  remove(path: string, how: "soft" | "destroyed"): void;
  role: { id: string; secretId: string };
  kubernetes: { role: string; jwt: string };
}

const ALL = [""];

export function vaultDouble(now: () => number): VaultDouble {
  const tokens = new Map<string, Token>();
  const secrets = new Map<string, Version[]>();
  let logins = 0;
  const living = (id: string | null) => {
    const token = id === null ? undefined : tokens.get(id);
    return token && token.endsAtMs > now() ? token : undefined;
  };
  const issue = (id: string, terms: TokenTerms = {}) => {
    const { ttlMs = Number.POSITIVE_INFINITY, maxMs = Number.POSITIVE_INFINITY, renewable = true, reads = ALL } = terms;
    tokens.set(id, { ttlMs, endsAtMs: now() + ttlMs, longestMs: now() + maxMs, renewable, reads });
    return id;
  };
  const login = () => {
    logins += 1;
    const id = issue(`hvs.login-${logins}`, double.terms);
    return Response.json({ auth: authOf(id, tokens.get(id)!, now()), lease_duration: 0 });
  };
  const handle = async (request: Request, { pathname, searchParams }: URL): Promise<Response> => {
    if (double.sealed) return refusal(503, "Vault is sealed");
    const namespace = request.headers.get("x-vault-namespace") ?? undefined;
    const path = pathname.replace(/^\/v1\//, "");
    if (request.method === "POST" && path === "auth/approle/login") {
      const { role_id, secret_id } = (await request.json()) as Record<string, string>;
      const right = role_id === double.role.id && secret_id === double.role.secretId;
      return right ? login() : refusal(400, "invalid role or secret ID");
    }
    if (request.method === "POST" && path === "auth/kubernetes/login") {
      const { role, jwt } = (await request.json()) as Record<string, string>;
      return role === double.kubernetes.role && jwt === double.kubernetes.jwt
        ? login()
        : refusal(403, "permission denied");
    }
    const id = request.headers.get("x-vault-token");
    const token = living(id);
    if (!id || !token || namespace !== double.namespace) return refusal(403, "permission denied");
    if (path === "auth/token/lookup-self") return lookUp(token, now());
    if (path === "auth/token/renew-self" && request.method === "POST") {
      if (!token.renewable) return refusal(400, "lease is not renewable");
      token.endsAtMs = Math.min(now() + token.ttlMs, token.longestMs);
      return Response.json({ auth: authOf(id, token, now()) });
    }
    return read(path, searchParams.get("version"), token);
  };
  const read = (path: string, wanted: string | null, token: Token): Response => {
    if (!token.reads.some((start) => path.startsWith(start)))
      return refusal(403, "1 error occurred:\n\t* permission denied\n\n");
    const versions = secrets.get(path);
    if (!versions) return Response.json({ errors: [] }, { status: 404 });
    const number = wanted === null ? versions.length : Number(wanted);
    const version = versions[number - 1];
    if (!version) return Response.json({ errors: [] }, { status: 404 });
    const deletion_time = version.deleted ? new Date(now()).toISOString() : "";
    const metadata = { version: number, deletion_time, destroyed: version.deleted === "destroyed" };
    return Response.json(
      { data: { data: version.deleted ? null : version.data, metadata } },
      { status: version.deleted ? 404 : 200 },
    );
  };
  const double: VaultDouble = Object.assign(answering(handle), {
    sealed: false,
    namespace: undefined,
    terms: {},
    role: { id: "role-1", secretId: "secret-1" },
    kubernetes: { role: "evergate", jwt: "the pod's token" },
    issue,
    revoke: (id: string) => void tokens.delete(id),
    alive: (id: string) => living(id) !== undefined,
    put(path: string, data: Record<string, unknown>) {
      secrets.set(path, [...(secrets.get(path) ?? []), { data }]);
    },
    remove(path: string, how: "soft" | "destroyed") {
      secrets.get(path)!.at(-1)!.deleted = how;
    },
  });
  return double;
}

function seconds(ms: number): number {
  return Number.isFinite(ms) ? Math.floor(ms / 1_000) : 0;
}

function authOf(id: string, token: Token, nowMs: number) {
  return { client_token: id, lease_duration: seconds(token.endsAtMs - nowMs), renewable: token.renewable };
}

function lookUp(token: Token, nowMs: number): Response {
  const data = { ttl: seconds(token.endsAtMs - nowMs), creation_ttl: seconds(token.ttlMs), renewable: token.renewable };
  return Response.json({ data });
}

function refusal(status: number, error: string): Response {
  return Response.json({ errors: [error] }, { status });
}
