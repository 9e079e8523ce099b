/** How a simulated provider can fail. All of it is plain data; fields combine where that makes sense. */
import type { Random } from "../../canonical/deps.ts";
import type { HttpRequest } from "./http1.ts";

/** What providers refuse with. Statuses and words are each dialect's own. */
export type ErrorKind =
  | "rate_limited"
  | "insufficient_quota"
  | "payment_required"
  | "invalid_key"
  | "permission"
  | "context_length"
  | "content_policy"
  | "unsupported_parameter"
  | "prefill_refused"
  | "invalid_request"
  | "model_not_found"
  | "server"
  | "bad_gateway"
  | "unavailable"
  | "overloaded";

/** How a 429 tells the wait. */
export interface RetryHint {
  form:
    | "seconds"
    | "date"
    | "retry-after-ms"
    | "reset-seconds"
    | "reset-epoch"
    | "openai-pair"
    | "anthropic-reset"
    | "cerebras-pair";
  /** Milliseconds from now. */
  ms: number;
}

export interface SimulatedFault {
  /** Applies to this share of requests only, 0 to 1. */
  probability?: number;

  // --- instead of an answer
  /** An error answer. */
  error?: ErrorKind;
  /** A request that ends with a begun answer is refused with a 400, as newer models do; all others are served. */
  refusesPrefill?: boolean;
  /** With `error`: how long to wait. */
  retryAfter?: RetryHint;
  /** `reset`: RST before the head. `close`: FIN before it. `silence`: accepted, never answered. `garbage`: no HTTP. */
  connection?: "reset" | "close" | "silence" | "garbage";
  /** Status 200 with a body that is none: an HTML page, nothing, a stream of nothing but `[DONE]`, broken JSON. */
  body?: "html" | "empty" | "done-only" | "broken-json";

  // --- the answer's time
  headDelayMs?: number;
  /** Between the first frame (role, `message_start`) and the first content. */
  firstTokenDelayMs?: number;
  /** Between tokens; over the options' pace. */
  tokenDelayMs?: number;
  /** After so many tokens nothing for `ms` (absent: for ever), then on, or an end as in `cut`. 0: after the first frame. */
  stall?: { afterTokens: number; ms?: number; end?: "fin" | "rst" };

  // --- the answer's end
  /**
   * Ends after so many tokens, or at that byte of the body, wherever it falls. `fin` and `rst` leave the HTTP body
   * unfinished, `clean` ends it as if it were whole. An answer without stream is cut at `atByte`, else in its middle.
   */
  cut?: { afterTokens?: number; atByte?: number; how: "fin" | "rst" | "clean" };
  /** Left out of the answer: `[DONE]` / `message_stop`, the finish reason, all content, the usage. */
  omit?: readonly ("done" | "finish" | "content" | "usage")[];
  /** The dialect's error inside a 200: after so many tokens of a stream, or as the whole body. 0: first event. */
  errorEvent?: { afterTokens: number; error?: ErrorKind };
  /** The finish reason, in the dialect's own word. */
  finish?: string;

  // --- the answer's bytes
  /** One frame that is no JSON, after so many tokens. */
  malformedEvent?: { afterTokens: number };
  /** The first token's frame is padded to this size. */
  hugeEventBytes?: number;
  lineEnd?: "lf" | "crlf" | "cr";
  /** `data:` without the space. */
  noSpace?: boolean;
  /** A comment before every frame. */
  comments?: boolean;
  /** Written in packets of so many bytes, inside characters and line ends too. */
  packetBytes?: number;
  /** A label that lies. */
  contentType?: string;
  /** How the body's end is told. Default chunked for streams, content-length otherwise. */
  framing?: "chunked" | "content-length" | "close";
}

/** Decides request by request, for faults that depend on the key, the time or what came before. */
export type FaultChooser = (request: HttpRequest) => SimulatedFault | undefined;

export interface FaultSource {
  next(request: HttpRequest): SimulatedFault;
  /** In force from the next request on, without a script. */
  set(fault: SimulatedFault | FaultChooser | undefined): void;
  /** One entry a request, in order, the last one for all that follow. */
  script(entries: readonly (SimulatedFault | null)[]): void;
}

const NONE: SimulatedFault = {};

export function faultSource(
  standing: SimulatedFault | undefined,
  scripted: readonly (SimulatedFault | null)[] | undefined,
  random: Random,
): FaultSource {
  let fault: SimulatedFault | FaultChooser | undefined = standing;
  let queue = [...(scripted ?? [])];
  return {
    next(request) {
      const entry = queue.length > 1 ? queue.shift() : queue[0];
      const inForce = typeof fault === "function" ? fault(request) : fault;
      const chosen = (entry === undefined ? inForce : entry) ?? NONE;
      return chosen.probability !== undefined && random() >= chosen.probability ? NONE : chosen;
    },
    set(to) {
      fault = to;
      queue = [];
    },
    script(entries) {
      queue = [...entries];
    },
  };
}

/** Uniform in [0, 1), the same sequence for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
