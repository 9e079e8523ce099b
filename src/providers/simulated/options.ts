import type { SimulatedFault } from "./faults.ts";

/**
 * Manners seen in real models: the quoted words and on from there; on from there at once; the same with some words of
 * introduction before; the whole answer again; another answer altogether.
 */
export type ContinuationManner =
  | "repeats-tail"
  | "goes-on"
  | "introduces-and-repeats"
  | "introduces"
  | "repeats-all"
  | "starts-over";

/** A simulated provider: plain data, so that a configuration can hold it. */
export interface SimulatedOptions {
  /** Said in answers, so that people see who spoke. Default `simulated`. */
  name?: string;
  /** Speaks only this dialect; by default every simulated one, told apart by the path. */
  dialect?: string;
  /** Models it serves; any other is a 404. Absent: every name. */
  models?: readonly string[];
  /** Keys it accepts; any other, or none, is a 401. Absent: everything. */
  keys?: readonly string[];
  /** The answer's text. Default: a sentence that says it is simulated and quotes the last user text. */
  answer?: string;
  /**
   * How it goes on with `answer` when a user turn quotes, in brackets on lines of their own, the words at which an
   * earlier answer broke off. Absent: it answers as to any other question.
   */
  continues?: ContinuationManner;
  /** Pace of the answer; a token is a word. Default: all at once. */
  tokensPerSecond?: number;
  /** Refuses request fields that the real provider does not know. Default true. */
  strict?: boolean;
  /** In force until `setFaults` says otherwise. */
  faults?: SimulatedFault;
  /** One entry a request, in order, the last one for all that follow; `null` is no fault. Before `faults`. */
  script?: readonly (SimulatedFault | null)[];
  /** Makes `probability` draw the same sequence in every run. */
  seed?: number;
  /** Requests kept for inspection, oldest dropped first. Default 100. */
  keepRequests?: number;
}
