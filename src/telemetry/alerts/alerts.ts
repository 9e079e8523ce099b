/**
 * Alerts as a view of the record: closed calls are counted as they end, a few times a second every rule is looked at,
 * and what changed is told. Lives longer than one configuration; its episodes live longer than the process.
 */
import type { Clock, Fetch, Log, Random } from "../../canonical/deps.ts";
import { GatewayError } from "../../canonical/errors.ts";
import type { RecordSink } from "../../canonical/record.ts";
import type { AlertRow, AlertsPort } from "../../store/alert-ports.ts";
import { startRetention } from "../../store/retention.ts";
import { type Channel, ChannelError } from "./channel.ts";
import { type ChannelOptions, createChannels } from "./channels.ts";
import type { Condition } from "./condition.ts";
import { createDelivery, isOpen } from "./delivery.ts";
import {
  type AlertSources,
  type CacheVerdict,
  createMeasure,
  type Measure,
  type Scope,
  type ScoredEval,
  TICK_MS,
} from "./measure.ts";
import { testText } from "./message.ts";
import { isQuiet, type Quiet, quietText } from "./quiet.ts";
import { ended, type RuleState, step } from "./rule-state.ts";

export interface AlertRule extends Scope {
  /** Unique. */
  name: string;
  /** As written. */
  when: string;
  condition: Condition;
  /** Channels by name. */
  to: readonly string[];
  quiet: Quiet | null;
}

export interface AlertOptions extends ChannelOptions {
  rules: readonly AlertRule[];
  /** Address of this gateway for people, or null. */
  link: string | null;
}

export interface RuleStatus {
  rule: string;
  when: string;
  metric: string;
  threshold: number;
  /** What confines it, or null. */
  model: string | null;
  eval: string | null;
  to: readonly string[];
  /** Hours in which it sends nothing, as `22:00-06:00` in UTC, and whether they are now. */
  quiet: string | null;
  isQuiet: boolean;
  state: "ok" | "pending" | "firing";
  /** Null: nothing to measure. */
  value: number | null;
  details: readonly string[];
  pendingSinceMs: number | null;
  /** Of the episode that is firing. */
  episode: string | null;
}

export interface Alerts {
  sink: RecordSink;
  scored(score: ScoredEval): void;
  cacheVerdict(verdict: CacheVerdict): void;
  /** Puts rules and channels in force; what fires goes on under a rule of the same name. */
  configure(options: AlertOptions): void;
  /** Every rule in force. */
  rules(): RuleStatus[];
  /** Sends a message that says it is a test. Rejects with GatewayError: no such channel, or what the channel said. */
  test(channel: string): Promise<void>;
  /** Lets messages on their way arrive, for a short while, and stops. */
  stop(): Promise<void>;
}

export interface AlertDeps {
  clock: Clock;
  fetch: Fetch;
  random: Random;
  log: Log;
  store: AlertsPort;
  sources: AlertSources;
}

/** History is small: a row an outage. */
const KEEP_DAYS = 365;
const STOP_LIMIT_MS = 3_000;

interface RunningRule {
  rule: AlertRule;
  state: RuleState;
  measure: Measure;
}

/** Takes up the episodes that were open when the last process ended. */
export async function openAlerts({ clock, fetch, random, log, store, sources }: AlertDeps): Promise<Alerts> {
  let running: RunningRule[] = [];
  let channels: ReadonlyMap<string, Channel> = new Map();
  /** Firing, or over and not yet told to everybody. */
  const open = new Map((await store.open()).map((row) => [row.id, row] as const));
  let cancelTick: (() => void) | undefined;
  let stopped = false;
  const saver = createSaver(store, clock, log);
  const save = (row: AlertRow) => {
    const still = isOpen(row, clock.now());
    if (still) open.set(row.id, row);
    else open.delete(row.id);
    saver.save(row, still);
  };
  const delivery = createDelivery({ clock, random, log, link: null, save });
  const stopRetention = startRetention({ port: store, keepDays: KEEP_DAYS, clock, log });

  const newId = () =>
    `alert_${Math.floor(clock.now()).toString(16)}${Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")}`;
  const quietNow = (row: AlertRow) => {
    const quiet = running.find(({ rule }) => rule.name === row.rule)?.rule.quiet;
    return quiet != null && isQuiet(quiet, clock.now());
  };
  const tick = () => {
    const nowMs = clock.now();
    for (const { rule, state, measure } of running) {
      const changed = step(state, { ...rule, channels: rule.to }, measure.read(nowMs), nowMs, newId);
      if (changed) announce(changed, log, save);
    }
    delivery.send(channels, [...open.values()], quietNow);
    schedule();
  };
  const schedule = () => {
    cancelTick?.();
    cancelTick = undefined;
    if (!stopped && (running.length > 0 || open.size > 0)) cancelTick = clock.after(TICK_MS, tick);
  };

  const start = (rule: AlertRule): RunningRule => {
    const before = running.find((one) => one.rule.name === rule.name);
    if (before && sameMeasure(before.rule, rule)) return { ...before, rule };
    const firing = before
      ? before.state.episode
      : [...open.values()].find((row) => row.rule === rule.name && row.resolvedAtMs === null);
    const state: RuleState = { measured: { value: undefined, details: [] }, episode: firing };
    // What the last process knew is forgotten, so an outage needs the rule's time to be seen again.
    if (firing) state.holdUntilMs = clock.now() + rule.condition.forMs + 2 * TICK_MS;
    return { rule, state, measure: createMeasure(rule.condition, rule, sources) };
  };

  return {
    sink: (record) => {
      // What the gateway asks for itself (judges) is no user's call.
      if (record.principal?.kind === "internal") return;
      const nowMs = clock.now();
      for (const { measure } of running) measure.record?.(record, nowMs);
    },
    scored: (score) => {
      for (const { measure } of running) measure.score?.(score, clock.now());
    },
    cacheVerdict: (verdict) => {
      for (const { measure } of running) measure.cacheVerdict?.(verdict, clock.now());
    },
    configure(options) {
      channels = createChannels(options, { clock, fetch });
      delivery.setLink(options.link);
      running = options.rules.map(start);
      const names = new Set(running.map(({ rule }) => rule.name));
      for (const row of [...open.values()]) {
        if (row.resolvedAtMs === null && !names.has(row.rule))
          announce(ended(row, "rule removed", clock.now()), log, save);
      }
      schedule();
    },
    rules: () => running.map((one) => statusOf(one, clock.now())),
    test: (name) => sendTest(channels, name, clock),
    async stop() {
      stopped = true;
      cancelTick?.();
      stopRetention();
      let cancel = () => {};
      const limit = new Promise<void>((resolve) => {
        cancel = clock.after(STOP_LIMIT_MS, resolve);
      });
      await Promise.race([delivery.idle(), limit]);
      cancel();
      await saver.idle();
    },
  };
}

function announce(row: AlertRow, log: Log, save: (row: AlertRow) => void): void {
  const { rule, when, value, worst, details, resolvedAtMs, resolution } = row;
  if (resolvedAtMs === null) log("warn", "alert is firing", { rule, when, value, details });
  else log("info", "alert is resolved", { rule, when, worst, resolution });
  save(row);
}

function sameMeasure(a: AlertRule, b: AlertRule): boolean {
  return a.model === b.model && a.eval === b.eval && Bun.deepEquals(a.condition, b.condition);
}

function statusOf({ rule, state, measure }: RunningRule, nowMs: number): RuleStatus {
  const { value, details } = measure.read(nowMs);
  return {
    rule: rule.name,
    when: rule.when,
    metric: rule.condition.metric,
    threshold: rule.condition.threshold,
    model: rule.model,
    eval: rule.eval,
    to: rule.to,
    quiet: rule.quiet && quietText(rule.quiet),
    isQuiet: rule.quiet !== null && isQuiet(rule.quiet, nowMs),
    state: state.episode ? "firing" : state.pendingSinceMs === undefined ? "ok" : "pending",
    value: value ?? null,
    details,
    pendingSinceMs: state.pendingSinceMs ?? null,
    episode: state.episode?.id ?? null,
  };
}

async function sendTest(channels: ReadonlyMap<string, Channel>, name: string, clock: Clock): Promise<void> {
  const channel = channels.get(name);
  if (!channel) {
    const known = [...channels.keys()].join(", ") || "none";
    throw new GatewayError("invalid_request", `No channel "${name}" is configured; there are: ${known}.`, {
      param: "channel",
    });
  }
  const atMs = clock.now();
  try {
    await channel.send({ kind: "test", alerts: [testText(atMs)], atMs, link: null });
  } catch (error) {
    const said = error instanceof ChannelError ? error.message : "the message could not be made";
    throw new GatewayError("upstream_error", `The channel "${name}" did not take the message: ${said}.`, {
      cause: error,
    });
  }
}

/** Writes one after the other; a store that cannot be written costs the history, never an alert. */
function createSaver(store: AlertsPort, clock: Clock, log: Log) {
  let last: Promise<void> = Promise.resolve();
  let failing = false;
  return {
    save(row: AlertRow, open: boolean) {
      const copy = structuredClone(row);
      last = last.then(async () => {
        try {
          await store.put(copy, open);
          failing = false;
        } catch (error) {
          if (!failing) log("warn", "alerts cannot be written into the history", { error, at: clock.now() });
          failing = true;
        }
      });
    },
    idle: () => last,
  };
}
