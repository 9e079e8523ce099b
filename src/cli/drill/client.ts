/**
 * The drill's client: speaks to the gateway over HTTP as an SDK would and writes down what it saw. It reads the wire
 * itself and shares no code with `src/dialects`, so that it is a witness of its own.
 */
import type { Clock } from "../../canonical/deps.ts";
import { CLIENT_DIALECTS, type ClientDialect } from "./client-dialects.ts";
import type { Transcript } from "./client-way.ts";

export interface Question {
  stream: boolean;
  /** A system prompt and a tool, and the words that ask for it. */
  tools?: boolean;
  /** With `tools`: the first turn's answer, whose calls get their results. */
  after?: Heard;
  headers?: Readonly<Record<string, string>>;
  /** Hangs up. */
  signal?: AbortSignal;
  /** Called once when the first text has arrived. */
  onText?: () => void;
}

/** What one call looked like from outside. */
export interface Heard extends Transcript {
  /** 0: no response head arrived. */
  status: number;
  /**
   * `complete`: the dialect's own end of a good answer. `error`: told so, by status or by an error event. `broken`:
   * neither, the connection just ended. `left`: the client hung up itself.
   */
  end: "complete" | "error" | "broken" | "left";
  header(name: string): string | null;
  /** The drill's milliseconds. */
  startMs: number;
  tookMs: number;
  /** The wall's. */
  tookWallMs: number;
}

export interface ClientOptions {
  /** Of the gateway. */
  url: string;
  dialect: ClientDialect;
  model: string;
  clock: Clock;
}

export async function ask({ url, dialect, model, clock }: ClientOptions, question: Question): Promise<Heard> {
  const { path, body, reader, whole } = CLIENT_DIALECTS[dialect];
  const startMs = clock.monotonic();
  const startWallMs = performance.now();
  let response: Response | undefined;
  let transcript: Transcript = emptyTranscript();
  let lost = false;
  try {
    response = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...question.headers },
      body: JSON.stringify({ model, ...body(question) }),
      signal: question.signal,
      timeout: false,
    } as RequestInit);
    const read = reader(transcript);
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      await readFrames(response, (frame) => {
        read(frame);
        if (transcript.text !== "") question.onText?.();
      });
    } else transcript = whole((await response.json()) as Record<string, unknown>);
  } catch {
    lost = true;
  }
  return {
    ...transcript,
    status: response?.status ?? 0,
    end: question.signal?.aborted ? "left" : endOf(transcript, lost),
    header: (name) => response?.headers.get(`x-evergate-${name}`) ?? response?.headers.get(name) ?? null,
    startMs,
    tookMs: clock.monotonic() - startMs,
    tookWallMs: performance.now() - startWallMs,
  };
}

function endOf({ error, finish, terminated }: Transcript, lost: boolean): Heard["end"] {
  if (error) return "error";
  return !lost && terminated && finish !== undefined ? "complete" : "broken";
}

function emptyTranscript(): Transcript {
  return { text: "", tools: [], terminated: false, ids: [] };
}

/** Blocks of lines up to an empty one; a line ends with LF, CR or both, as the event-stream format has it. */
async function readFrames(response: Response, onFrame: (frame: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let buffer = "";
  for await (const chunk of response.body!) {
    buffer += decoder.decode(chunk, { stream: true });
    // The second half of a CR LF may still be on its way.
    const ready = buffer.endsWith("\r") ? buffer.slice(0, -1) : buffer;
    const frames = ready.replace(/\r\n?/g, "\n").split("\n\n");
    buffer = frames.pop()! + buffer.slice(ready.length);
    for (const frame of frames) onFrame(frame);
  }
}
