/** Requests to identity providers: never in clear beyond this machine, bounded in time and size, no redirects. */
import type { Clock, Fetch } from "../../canonical/deps.ts";
import { isLoopback } from "../../policies/address-ranges.ts";

export const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1_048_576;

/** Throws an Error for an address that is not https, nor http on loopback. */
export function checkAddress(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname.replace(/^\[|\]$/g, "")))) return;
  throw new Error(`${protocol}//${hostname} is not https`);
}

export function boundedFetch(fetch: Fetch, clock: Clock): Fetch {
  return async (url, init) => {
    checkAddress(url);
    const controller = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => controller.abort(new DOMException("Too slow.", "TimeoutError")));
    const signal = init.signal ? AbortSignal.any([init.signal, controller.signal]) : controller.signal;
    try {
      const response = await fetch(url, { ...init, redirect: "manual", signal });
      const body = await readBounded(response);
      const headers = new Headers(response.headers);
      // They speak of the bytes on the wire, which have been read.
      for (const name of ["content-encoding", "content-length"]) headers.delete(name);
      const { status } = response;
      return new Response(BODILESS.includes(status) ? null : body, { status, headers });
    } finally {
      cancel();
    }
  };
}

const BODILESS: readonly number[] = [204, 205, 304];

async function readBounded({ body }: Response): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return new Blob(chunks);
}
