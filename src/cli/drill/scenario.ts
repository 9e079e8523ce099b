/** What a scenario of the drill is: what fails, how the client calls, and what it must see. All of it is data. */
import type { SimulatedFault } from "../../providers/simulated/faults.ts";
import type { ContinuationManner } from "../../providers/simulated/options.ts";
import type { Bench } from "./bench.ts";
import type { Heard } from "./client.ts";
import type { Lane } from "./lanes.ts";

export type Mode = "stream" | "whole";

export interface Scenario {
  id: string;
  /** `fault`: one of the sixteen. `further`: what else goes wrong with real providers and other gateways. */
  kind: "fault" | "further";
  /** What goes wrong, for the table. */
  title: string;
  /** Absent: both. */
  modes?: readonly Mode[];
  /** Runs alone, after all others: its figures are about speed. */
  alone?: boolean;
  /** Why it says nothing about this lane; undefined when it does. */
  inapplicable?: (lane: Lane) => string | undefined;
  /** The primary has a pool of several keys. */
  pool?: boolean;
  /** Made anew for every run, so that a plan may keep count. Times follow the configured limits. */
  faults?: (limits: Limits, lane: Lane) => Faults;
  /** How providers go on with an answer that broke off elsewhere. */
  continues?: ContinuationManner;
  /** One ordinary call when absent. */
  calls?: (bench: Bench, mode: Mode) => Promise<void>;
  expectedText?: string;
  /** Beside what holds for every scenario: no fake success, no bare disconnect. */
  expect: (lane: Lane, limits: Limits, mode: Mode) => readonly Check[];
}

/** Configured limits of the first target, in milliseconds. */
export interface Limits {
  /** First content of a stream; the whole answer without one. */
  firstMs: number;
  idleMs: number;
}

/** The provider that gets a call's first request is the primary. */
export interface Faults {
  primary?: FaultPlan;
  /** All other providers. */
  others?: FaultPlan;
}

/** For every request, a script of requests, or decided request by request. */
export type FaultPlan =
  | SimulatedFault
  | readonly (SimulatedFault | null)[]
  | ((moment: Moment) => SimulatedFault | undefined);

export interface Moment {
  /** Requests that this role had before. */
  number: number;
  /** Index of the key in its provider's pool. */
  key: number;
  /** Since the primary's first request, in the drill's milliseconds. */
  sinceMs: number;
  phase: number;
}

/** What a provider received. Times in the drill's milliseconds since the run began. */
export interface Received {
  atMs: number;
  provider: string;
  key: number;
  fault: SimulatedFault | undefined;
  body: string;
  /** When the connection went away, by the wall clock (`performance.now`); undefined while it is open. */
  closedWallMs?: number;
}

/** Everything a run has shown. */
export interface Seen {
  expected: string;
  calls: readonly Heard[];
  primary: readonly Received[];
  others: readonly Received[];
  /** Name of the primary provider. */
  primaryName: string | undefined;
  /** Measured by the scenario's own calls. */
  figures: Readonly<Record<string, number>>;
}

/** One expectation; a failed one is told by its words. */
export interface Check {
  says: string;
  holds(seen: Seen): boolean;
}
