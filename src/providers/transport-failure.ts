/** What `fetch` and body readers throw, as failures. Only codes are quoted: Bun's messages hold the whole address. */
import type { Failure } from "../canonical/errors.ts";

interface Circumstances {
  /** The socket may have been a kept-alive one that the upstream had closed. */
  staleSocket?: boolean;
  /** Something of the body had arrived. */
  received?: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNRESET: "The upstream closed the connection",
  ECONNREFUSED: "The upstream refused the connection",
  EPIPE: "The upstream closed the connection",
  ENOTFOUND: "The upstream's host name does not resolve",
  EAI_AGAIN: "The upstream's host name could not be resolved",
  EHOSTUNREACH: "The upstream's host cannot be reached",
  ENETUNREACH: "The upstream's network cannot be reached",
  EVERGATE_ADDRESS:
    "The upstream's host name leads to an address that providers made by API may not have; nothing was sent",
};

/** Codes of Bun's HTTP client for bytes that are no HTTP. */
const NOT_HTTP = /^(Malformed_HTTP_Response|Invalid|Unexpected|HPE_|.*(Decompress|Zlib|Brotli|Zstd|ChunkedEncoding))/i;

export function connectionFailure(error: unknown, signal: AbortSignal, circumstances: Circumstances): Failure {
  if (signal.aborted)
    return { class: "timeout", message: "The attempt was given up before the upstream had answered." };
  const code = codeOf(error);
  if (code === "ETIMEDOUT" || code === "ConnectionTimeout")
    return { class: "timeout", message: `The connection to the upstream timed out (${code}).` };
  if (NOT_HTTP.test(code)) return { class: "malformed", message: `The upstream's answer is not valid HTTP (${code}).` };
  const where = circumstances.received ? " in the middle of its answer" : " before its answer";
  const words = WORDS[code] ?? "The connection to the upstream failed";
  const failure: Failure = {
    class: circumstances.received ? "truncated" : "connection",
    message: `${words}${code === "ECONNRESET" || code === "EPIPE" ? where : ""} (${code}).`,
  };
  if (circumstances.staleSocket && (code === "ECONNRESET" || code === "EPIPE")) failure.staleSocket = true;
  return failure;
}

/** The error's code or name, never its message. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  const { code, name } = error as { code?: unknown; name?: unknown };
  const text = typeof code === "string" ? code : typeof name === "string" ? name : "unknown";
  return text.slice(0, 64);
}
