/**
 * The one fetch. A call upstream resolves at the response head, then its pieces are pulled; whatever goes wrong is a
 * value, never a throw, so that the router reads one kind of thing. Deadlines are the router's: it aborts `signal`.
 *
 * Runtime facts this file rests on (Bun 1.4.5, measured): FIN or RST before the end of a framed body is an
 * `ECONNRESET` from the reader, while a body delimited by the connection's close ends cleanly wherever it is cut; error
 * messages of `fetch` quote the whole address; a redirect would carry the key to another host.
 */
import type { Deps } from "../canonical/deps.ts";
import type { Failure } from "../canonical/errors.ts";
import type { Piece } from "../canonical/reply.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { PreparedOperation } from "../dialects/operations/operation.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { type Limits, readLimits } from "./limits.ts";
import { operationPieces } from "./operation-pieces.ts";
import { nextPacificMidnightMs } from "./pacific-midnight.ts";
import { rawPieces } from "./raw-pieces.ts";
import { replyPieces } from "./reply-pieces.ts";
import { collectBody } from "./response-body.ts";
import { connectionFailure } from "./transport-failure.ts";

/** An error answer is read up to here; providers write less than a kilobyte, proxies' HTML pages some ten. */
const MAX_ERROR_BODY_BYTES = 256 * 1024;

export interface UpstreamRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Spoken by the upstream. */
  dialect: Dialect;
  /** Set on operations besides chat: the answer is read by it, and only errors by the dialect. */
  operation?: PreparedOperation;
  /** Provider type, for the form of its rate-limit headers. */
  vendor: string;
  /** Whether a stream was asked for. Either form of answer is accepted. */
  stream: boolean;
  /** Aborting it closes the upstream connection at once, at any moment before the last piece. */
  signal: AbortSignal;
  /** Sends on a connection of its own: for the repeat after `staleSocket`, when all idle sockets are suspect. */
  freshConnection?: boolean;
  /**
   * Origins that have answered before, kept by the caller from call to call and added to here: only they can have a
   * kept-alive socket. Without it every reset before the head is taken for a possibly stale socket.
   */
  answeredOrigins?: Set<string>;
}

export interface UpstreamReply {
  status: number;
  headers: Headers;
  /** `whole`: one piece holds everything. Final once the first piece has been pulled: labels lie. */
  readonly form: "stream" | "whole";
  /**
   * Ends after a piece with a `failure`; never throws. `return()` gives the connection up. What is pulled after an
   * abort is a failure whose cause the aborting side knows better.
   */
  pieces: AsyncIterator<Piece, undefined>;
}

export interface UpstreamFailure {
  failure: Failure;
  /** What the error answer said about the key's limits. */
  limits?: Limits;
}

export async function callUpstream(
  request: UpstreamRequest,
  deps: Pick<Deps, "fetch" | "clock">,
): Promise<UpstreamReply | UpstreamFailure> {
  let response: Response;
  try {
    response = await deps.fetch(request.url, {
      method: "POST",
      headers: request.headers,
      body: request.body as BodyInit,
      signal: request.signal,
      redirect: "manual",
      keepalive: !request.freshConnection,
      // Bun's own idle limit would end an answer that thinks for five minutes.
      timeout: false,
    } as RequestInit);
  } catch (error) {
    return { failure: connectionFailure(error, request.signal, { staleSocket: maybeStale(request) }) };
  }
  request.answeredOrigins?.add(originOf(request.url));
  const { status, headers } = response;
  if (status >= 200 && status < 300) {
    const { operation, dialect, signal } = request;
    const reply = !operation
      ? replyPieces(response, dialect, signal, request.headers)
      : operation.read
        ? operationPieces(response, operation.read, signal, request.headers)
        : rawPieces(response, signal);
    return {
      status,
      headers,
      get form() {
        return reply.form();
      },
      pieces: reply.pieces,
    };
  }
  if (status >= 300 && status < 400) return { failure: await redirectFailure(response) };
  return errorAnswer(response, request, deps);
}

async function errorAnswer(
  response: Response,
  { dialect, vendor, signal, headers: sent }: UpstreamRequest,
  deps: Pick<Deps, "clock">,
): Promise<UpstreamFailure> {
  const { status, headers } = response;
  let text = "";
  try {
    const reader = response.body?.getReader();
    if (reader) text = new TextDecoder().decode(await collectBody(reader, [], MAX_ERROR_BODY_BYTES, "cut"));
    text = hideSecrets(text, sent);
  } catch (error) {
    // The status alone is worth more than the broken body; after an abort neither is.
    if (signal.aborted) return { failure: connectionFailure(error, signal, {}) };
  }
  const failure = dialect.parseError(status, headers, text);
  failure.status ??= status;
  const limits = readLimits(vendor, headers, text, deps.clock.now());
  if (failure.class !== "quota_exhausted") {
    if (limits.retryAfterMs !== undefined) failure.retryAfterMs = limits.retryAfterMs;
  } else if (status === 402 && limits.retryAfterMs !== undefined) {
    // OpenRouter's 402 with a Retry-After is a hold for calls in flight, not an empty account.
    failure.retryAfterMs = limits.retryAfterMs;
  } else {
    // Gemini sends a delay of seconds along with a spent daily quota, which comes back at midnight in California.
    delete failure.retryAfterMs;
    if (vendor === "gemini" || vendor === "vertex") failure.resetAtMs = nextPacificMidnightMs(deps.clock.now());
  }
  return { failure, limits };
}

async function redirectFailure(response: Response): Promise<Failure> {
  await response.body?.cancel();
  return {
    class: "malformed",
    status: response.status,
    message: `The upstream answered with a redirect (${response.status}), which is not followed: check the provider's baseUrl.`,
  };
}

function maybeStale({ url, freshConnection, answeredOrigins }: UpstreamRequest): boolean {
  return !freshConnection && (answeredOrigins?.has(originOf(url)) ?? true);
}

function originOf(url: string): string {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  return slash < 0 ? url : url.slice(0, slash);
}
