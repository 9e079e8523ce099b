/**
 * Fetches what a client named by URL, for targets that take bytes alone. The address comes from a stranger and is
 * fetched from inside the operator's network, so that nothing may follow from it but one GET of a public file: https on
 * its own port, every address of the name is public and the connection goes to one of those that were checked (a name
 * that resolves anew could point inside the second time), no redirects, no credentials, bounded in bytes and time.
 */
import { isIP } from "node:net";
import type { Deps } from "../../canonical/deps.ts";
import { pinnedInit, pinnedUrl } from "../network/checked-fetch.ts";
import { publicAddresses } from "./public-address.ts";

export interface MediaOptions {
  /** Bytes of the file. */
  maxBytes: number;
  /** Milliseconds for the whole of it. */
  timeoutMs: number;
}

export interface FetchedMedia {
  mediaType: string;
  /** Base64. */
  data: string;
}

/** Throws MediaUnavailable. */
export type FetchMedia = (url: string, signal: AbortSignal) => Promise<FetchedMedia>;

/** The message is public: it names what the client sent and not what was found behind it. */
export class MediaUnavailable extends Error {
  constructor(url: string, why: string) {
    super(`The media at ${url.slice(0, MAX_SHOWN_CHARACTERS)} cannot be fetched: ${why}.`);
    this.name = "MediaUnavailable";
  }
}

const MAX_SHOWN_CHARACTERS = 200;
/** What chat models take; anything else (a page of HTML, JSON of some internal service) is not handed to a model. */
const MEDIA_TYPES = /^(image\/[\w.+-]+|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf|text\/plain)$/;

export function createFetchMedia(
  { maxBytes, timeoutMs }: MediaOptions,
  { fetch, clock, lookup }: Pick<Deps, "fetch" | "clock" | "lookup">,
): FetchMedia {
  const isPublic = publicAddresses();

  const checkedAddress = async (url: URL, given: string): Promise<string> => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(host) ? [host] : ((await lookup?.(host).catch(() => [])) ?? []);
    if (addresses.length === 0) throw new MediaUnavailable(given, "its host is not known");
    if (!addresses.every(isPublic)) throw new MediaUnavailable(given, "its host is not public");
    return addresses[0]!;
  };

  const get = async (given: string, signal: AbortSignal): Promise<FetchedMedia> => {
    const url = parsed(given);
    const address = await checkedAddress(url, given);
    signal.throwIfAborted();
    const headers = { accept: "*/*", "accept-encoding": "identity" };
    const init = pinnedInit(url, { method: "GET", headers, signal, keepalive: false });
    const response = await fetch(pinnedUrl(url, address), init);
    const mediaType = (response.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
    const refused = refusalOf(response, mediaType, maxBytes);
    if (refused) {
      await response.body?.cancel();
      throw new MediaUnavailable(given, refused);
    }
    const bytes = await bounded(response, maxBytes);
    if (!bytes) throw new MediaUnavailable(given, `it has more than ${maxBytes} bytes`);
    return { mediaType, data: bytes.toString("base64") };
  };

  return async (url, signal) => {
    const end = new AbortController();
    let late = false;
    const cancel = clock.after(timeoutMs, () => {
      late = true;
      end.abort();
    });
    const leave = () => end.abort();
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await untilAborted(get(url, end.signal), end.signal);
    } catch (error) {
      if (error instanceof MediaUnavailable) throw error;
      throw new MediaUnavailable(url, late ? `it took more than ${timeoutMs} ms` : "the connection failed");
    } finally {
      cancel();
      signal.removeEventListener("abort", leave);
    }
  };
}

function parsed(given: string): URL {
  const url = URL.parse(given);
  if (url?.protocol !== "https:") throw new MediaUnavailable(given, "only https addresses are fetched");
  if (url.username !== "" || url.password !== "") throw new MediaUnavailable(given, "it holds credentials");
  // Ports other than that of https are those of services, not of files.
  if (url.port !== "") throw new MediaUnavailable(given, "only port 443 is fetched from");
  return url;
}

function refusalOf({ status, headers }: Response, mediaType: string, maxBytes: number): string | undefined {
  if (status >= 300 && status < 400) return "it redirects, which is not followed";
  if (status !== 200) return `its host answered with status ${status}`;
  if (!MEDIA_TYPES.test(mediaType)) return "it is no image, audio, video, PDF or plain text";
  if (Number(headers.get("content-length") ?? 0) > maxBytes) return `it has more than ${maxBytes} bytes`;
  return undefined;
}

/** Undefined when there are more bytes; the rest is not read. */
async function bounded(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.byteLength;
    if (length > maxBytes) {
      await reader?.cancel();
      return undefined;
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks);
}

/** A name that is being looked up cannot be given up; the call goes on without it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
