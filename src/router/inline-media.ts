/** Media that the client named by URL and the target cannot fetch: replaced by their bytes before anything is formatted. */
import type { ChatRequest, MediaSource, Part } from "../canonical/chat.ts";
import type { Dialect, TargetTraits } from "../dialects/dialect.ts";
import type { FetchedMedia, FetchMedia } from "../providers/media/fetch-media.ts";

/** Google's own files, and videos that it fetches by itself. */
const KNOWN_TO_GEMINI = /^https?:\/\/(generativelanguage\.googleapis\.com|(www\.)?youtube\.com|youtu\.be)\//;

type Media = Extract<Part, { type: "image" | "audio" | "document" }>;

/** The web addresses in the request that this target needs the bytes of; empty for most requests. */
export function urlsToInline(request: ChatRequest, dialect: Dialect, traits: TargetTraits): string[] {
  const urls = new Set<string>();
  for (const { content } of request.messages)
    if (typeof content !== "string") for (const url of urlsIn(content, dialect, traits)) urls.add(url);
  return [...urls];
}

/** A copy with the sources replaced for which there are bytes. */
export function withMedia(request: ChatRequest, media: ReadonlyMap<string, FetchedMedia>): ChatRequest {
  const replaced = (parts: Part[]): Part[] =>
    parts.map((part) => {
      if (part.type === "tool-result")
        return typeof part.content === "string" ? part : { ...part, content: replaced(part.content) };
      const found = isMedia(part) && part.source.kind === "url" ? media.get(part.source.url) : undefined;
      return found ? ({ ...part, source: { kind: "base64", ...found } satisfies MediaSource } as Part) : part;
    });
  return {
    ...request,
    messages: request.messages.map((message) =>
      typeof message.content === "string" ? message : { ...message, content: replaced(message.content) },
    ),
  };
}

/** Each address is fetched once, also where several parts, attempts or targets of the call need it. */
export function mediaOnce(fetchMedia: FetchMedia): FetchMedia {
  const fetched = new Map<string, Promise<FetchedMedia>>();
  return (url, signal) => {
    let media = fetched.get(url);
    if (!media) {
      media = fetchMedia(url, signal);
      fetched.set(url, media);
    }
    return media;
  };
}

/** Rejects with MediaUnavailable. */
export async function inlined(
  request: ChatRequest,
  urls: readonly string[],
  fetchMedia: FetchMedia,
  signal: AbortSignal,
): Promise<ChatRequest> {
  const media = await Promise.all(urls.map(async (url) => [url, await fetchMedia(url, signal)] as const));
  return withMedia(request, new Map(media));
}

function* urlsIn(parts: readonly Part[], dialect: Dialect, traits: TargetTraits): Generator<string> {
  for (const part of parts) {
    if (part.type === "tool-result" && typeof part.content !== "string") yield* urlsIn(part.content, dialect, traits);
    if (!isMedia(part) || part.source.kind !== "url") continue;
    const { url } = part.source;
    if (/^https?:\/\//i.test(url) && !takesUrl(part, url, dialect, traits)) yield url;
  }
}

function takesUrl(part: Media, url: string, { name }: Dialect, { imageUrls }: TargetTraits): boolean {
  if (name === "gemini" && KNOWN_TO_GEMINI.test(url)) return true;
  if (part.type === "image") return imageUrls !== false;
  // Anthropic's documents have a URL source; the files and audio of the others are bytes or ids.
  return part.type === "document" && name === "anthropic-messages";
}

function isMedia(part: Part): part is Media {
  return part.type === "image" || part.type === "audio" || part.type === "document";
}
