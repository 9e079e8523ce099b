/** The admin API as the page speaks to it: same origin, with the session's cookie. */

/** What the gateway said, in its own words. `status` 0: it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The field at fault, where one is. */
    readonly param: string | null = null,
    readonly requestId: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface Api {
  /** @throws ApiError; an aborted request rejects with the signal's reason. */
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** With the ETag, to be sent back as `If-Match` by whoever changes what was read. @throws ApiError */
  read<T>(path: string): Promise<{ body: T; etag: string | null }>;
  /** `body` goes as JSON; an answer without content resolves to undefined. @throws ApiError */
  send<T>(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown, options?: SendOptions): Promise<T>;
}

export interface SendOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Goes out even when the page is being left. */
  keepalive?: boolean;
}

export interface ApiParts {
  /** Of the session; null before there is one. */
  csrf(): string | null;
  /** The session is over, or never began. */
  onSignedOut(): void;
}

export function createApi({ csrf, onSignedOut }: ApiParts): Api {
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(path, { ...init, credentials: "same-origin" });
    } catch {
      if (init.signal?.aborted) throw init.signal.reason;
      throw new ApiError(0, "unreachable", "The gateway does not answer. Is it running?", null, null);
    }
    if (response.ok) return response;
    const error = await errorOf(response);
    if (response.status === 401 && !path.startsWith("/sso/")) onSignedOut();
    throw error;
  };
  return {
    get: async (path, signal) => (await request(path, { ...(signal && { signal }) })).json(),
    async read(path) {
      const response = await request(path, {});
      return { body: await response.json(), etag: response.headers.get("etag") };
    },
    async send(method, path, body, { headers = {}, signal, keepalive = false } = {}) {
      const token = csrf();
      const response = await request(path, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== null && { "x-evergate-csrf": token }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
        keepalive,
      });
      return response.status === 204 ? undefined : response.json();
    },
  };
}

interface ErrorBody {
  error?: { message?: string; code?: string; param?: string | null; request_id?: string };
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { message, code, param, request_id: id } = body.error ?? {};
  const fallback = `The gateway answered ${response.status}.`;
  return new ApiError(response.status, code ?? "unknown", message ?? fallback, param ?? null, id ?? null);
}
