/**
 * A provider is one upstream account or endpoint. It knows where to send, how to sign, which dialect is spoken there
 * and how its models differ; it knows nothing of routing, keys' health or budgets.
 */
import type { Operation } from "../canonical/call.ts";
import type { Fetch } from "../canonical/deps.ts";
import type { Failure } from "../canonical/errors.ts";
import type { Dialect, TargetTraits } from "../dialects/dialect.ts";

/** A credential of the pool. `secret` is a plain API key, or the provider's structured credentials. */
export interface ProviderKey {
  /** Shown to operators; unique within the provider: the given name, else `key-1`, `key-2` … */
  name: string;
  secret: string | Readonly<Record<string, string>>;
  /** Relative share of traffic; positive, default 1. */
  weight: number;
  /** Glob patterns (`*`) of the models this key may serve; absent: all. */
  models?: readonly string[];
}

export interface Provider {
  readonly name: string;
  readonly type: string;
  readonly keys: readonly ProviderKey[];
  /** What its calls are sent with, where not every address may be connected to; absent: with that of the process. */
  readonly fetch?: Fetch;
  /**
   * The dialect spoken for this model, or undefined when the operation is not offered. `preferred` is the client's own:
   * where the provider speaks it beside its first one, the body can travel as it came.
   */
  dialectFor(operation: Operation, model: string, preferred?: string): Dialect | undefined;
  /** How an operation besides chat is asked for; undefined when it is not offered for this model. */
  offer(operation: Operation, model: string): OperationOffer | undefined;
  traits(model: string): TargetTraits;
  /** Absolute address, without secrets in the query. */
  url(dialect: Dialect, model: string, stream: boolean): string;
  /** Headers for one request over exactly these bytes: authentication, version, the operator's static headers, those of `clientHeaders` that this provider may see. May wait for a token, and throws NoCredentials when there is none to be had. */
  headers(
    key: ProviderKey,
    request: { url: string; body: Uint8Array; clientHeaders: Readonly<Record<string, string>> },
  ): Record<string, string> | Promise<Record<string, string>>;
  /** Timeouts of this provider, over the global ones. */
  readonly timeouts?: Partial<Timeouts>;
  /** Gives up what the provider holds itself: the server of a simulated one. */
  close?(): void;
}

export interface OperationOffer {
  /** Dialect of its form at this provider (dialects/operations). */
  dialect: string;
  /** Absolute address, without secrets in the query. */
  url: string;
}

/** Thrown by `Provider.headers`: the attempt has failed before anything was sent. */
export class NoCredentials extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "NoCredentials";
    this.failure = failure;
  }
}

/** All in milliseconds. */
export interface Timeouts {
  connectMs: number;
  firstTokenMs: number;
  responseMs: number;
  idleMs: number;
  totalMs: number;
}
