/**
 * One upstream attempt, and the gates it has to pass before it is sent. A gate reserves what the attempt may use up
 * (money, key quota, retry budget) and settles it exactly once when the upstream ends, however it ends.
 */
import type { Call } from "./call.ts";
import type { Failure, GatewayError } from "./errors.ts";
import type { AttemptRecord } from "./record.ts";
import type { Usage } from "./usage.ts";

/** `provider/model`: a model at one upstream account. */
export interface Target {
  /** `provider/model`, precomputed. */
  name: string;
  provider: string;
  /** The model's name at the provider. */
  model: string;
}

export interface AttemptPlan {
  target: Target;
  /** Name of the provider key. */
  key: string;
  kind: AttemptRecord["kind"];
  /** Output cap so far: the client's own, or that of an earlier gate; absent when nobody set one. */
  maxOutputTokens?: number;
}

export interface AttemptOutcome {
  ok: boolean;
  failure?: Failure;
  /** Real usage, if the upstream told; absent otherwise. */
  usage?: Usage;
  costNanoUsd: number | null;
  /**
   * Whether any content arrived: an attempt that failed before it costs nothing. Also true of one that lost a hedge:
   * its prompt is billed.
   */
  contentSeen: boolean;
  /** The call was given up by its client or lost a hedge. */
  cancelled: boolean;
}

export interface Admission {
  /** Caps the attempt's output further. */
  maxOutputTokens?: number;
  settle(outcome: AttemptOutcome): void;
}

export interface Refusal {
  refused: GatewayError;
  /** `target`: another target may still pass. `call`: nothing can. `repeat`: only the same key again is refused. */
  scope: "target" | "call" | "repeat";
}

export type Gate = (call: Call, plan: AttemptPlan) => Admission | Refusal | Promise<Admission | Refusal>;
