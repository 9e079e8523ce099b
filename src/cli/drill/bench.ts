/**
 * One scenario's world: simulated providers under the names of the configured ones, the real gateway before them on a
 * port of its own, and a client. Nothing is shared with other scenarios but the process and the store.
 */
import type { Estimator } from "../../budget/estimate.ts";
import type { Deps } from "../../canonical/deps.ts";
import { sleep } from "../../canonical/deps.ts";
import type { Config } from "../../config/config.ts";
import type { SimulatedFault } from "../../providers/simulated/faults.ts";
import { type SimulatedServer, startSimulated } from "../../providers/simulated/simulated.ts";
import type { Store } from "../../store/ports.ts";
import { startHost } from "../host.ts";
import { ANSWER } from "./answer.ts";
import { ask, type Heard, type Question } from "./client.ts";
import type { Lane } from "./lanes.ts";
import type { FaultPlan, Faults, Limits, Moment, Received, Scenario, Seen } from "./scenario.ts";

export interface Bench {
  ask(question: Question): Promise<Heard>;
  /** Waits until so many of the drill's milliseconds after the run's start. */
  until(ms: number): Promise<void>;
  wait(ms: number): Promise<void>;
  waitWall(ms: number): Promise<void>;
  /** Tells the providers' plans that the next act begins. */
  nextPhase(): void;
  note(figure: string, value: number): void;
  /** Requests that arrived at any provider. */
  received(): number;
  untilReceived(count: number): Promise<void>;
  /** How long the last request's connection stays open, in the wall's milliseconds; Infinity when longer than `ms`. */
  closedWithinWallMs(ms: number): Promise<number>;
  inFlight(): Promise<number>;
  healthWallMs(): Promise<number>;
}

export interface World {
  bench: Bench;
  seen(): Seen;
  stop(): Promise<void>;
}

export interface WorldOptions {
  lane: Lane;
  scenario: Scenario;
  limits: Limits;
  deps: Deps;
  store: Store;
  /** Counts what arrived of a cut answer; one for all runs, for its vocabulary is large. */
  estimate: Estimator["estimate"];
  /** Unique among runs that share the store. */
  id: string;
}

const KEPT_REQUESTS = 1_000;
const POLL_WALL_MS = 2;
const GIVE_UP_WALL_MS = 5_000;

export async function startWorld({ lane, scenario, limits, deps, store, estimate, id }: WorldOptions): Promise<World> {
  const { clock } = deps;
  const startMs = clock.monotonic();
  const calls: Heard[] = [];
  const received: Received[] = [];
  const figures: Record<string, number> = {};
  const faults = scenario.faults?.(limits, lane) ?? {};
  const state: State = { phase: 0, primaryName: undefined, firstMs: 0 };
  const servers = lane.config.providers.map((provider) => {
    const server = startSimulated(
      { name: provider.name, answer: ANSWER, continues: scenario.continues, keepRequests: KEPT_REQUESTS },
      deps,
    );
    const sinceStart = () => clock.monotonic() - startMs;
    server.setFaults((request) => {
      if (request.headers[RUN_HEADER] !== id) return { connection: "reset" };
      const key = keyOf(provider, request.headers);
      return receive({ server, provider: provider.name, key, atMs: sinceStart() }, faults, received, state);
    });
    return [provider.name, server] as const;
  });
  const stopServers = () => {
    for (const [, server] of servers) server.stop();
  };
  const config = withAddresses(lane.config, new Map(servers), id);
  const host = await startHost({
    deps,
    prepared: { config, store: partOf(store, id), estimate },
    directory: config.store.path,
    environment: {},
  }).catch((error) => {
    stopServers();
    throw error;
  });
  const url = `http://127.0.0.1:${host.server.port}`;
  const client = { url, dialect: lane.client, model: lane.model, clock };
  return {
    bench: {
      async ask(question) {
        const heard = await ask(client, question);
        calls.push(heard);
        return heard;
      },
      until: (ms) => sleep(clock, Math.max(0, startMs + ms - clock.monotonic())),
      wait: (ms) => sleep(clock, ms),
      waitWall: (ms) => Bun.sleep(ms),
      nextPhase() {
        state.phase += 1;
      },
      note(name, value) {
        figures[name] = Math.max(value, figures[name] ?? 0);
      },
      received: () => received.length,
      untilReceived: (count) => pollWall(() => received.length >= count, GIVE_UP_WALL_MS).then(() => {}),
      async closedWithinWallMs(ms) {
        const last = received.at(-1);
        const since = performance.now();
        const closed = await pollWall(() => last?.closedWallMs !== undefined, ms);
        return closed ? Math.max(0, last!.closedWallMs! - since) : Number.POSITIVE_INFINITY;
      },
      inFlight: async () => inFlightOf(await (await fetch(`${url}/metrics`)).text()),
      async healthWallMs() {
        const since = performance.now();
        await (await fetch(`${url}/health/live`)).text();
        return performance.now() - since;
      },
    },
    seen() {
      const { primaryName } = state;
      return {
        expected: scenario.expectedText ?? ANSWER,
        calls: calls.sort((a, b) => a.startMs - b.startMs),
        primary: received.filter(({ provider }) => provider === primaryName),
        others: received.filter(({ provider }) => provider !== primaryName),
        primaryName,
        figures,
      };
    },
    async stop() {
      await host.drain();
      stopServers();
    },
  };
}

interface State {
  phase: number;
  /** The provider that got the first request. */
  primaryName: string | undefined;
  firstMs: number;
}

interface Arrival {
  server: SimulatedServer;
  provider: string;
  key: number;
  atMs: number;
}

function receive(
  { server, provider, key, atMs }: Arrival,
  faults: Faults,
  received: Received[],
  state: State,
): SimulatedFault | undefined {
  if (state.primaryName === undefined) {
    state.primaryName = provider;
    state.firstMs = atMs;
  }
  const isPrimary = provider === state.primaryName;
  const number = received.filter((one) => (one.provider === state.primaryName) === isPrimary).length;
  const plan = isPrimary ? faults.primary : faults.others;
  const fault = faultOf(plan, { number, key, sinceMs: atMs - state.firstMs, phase: state.phase });
  const request = server.requests.at(-1)!;
  const entry: Received = { atMs, provider, key, fault, body: new TextDecoder().decode(request.body) };
  void request.closed.then(() => {
    entry.closedWallMs = performance.now();
  });
  received.push(entry);
  return fault;
}

function faultOf(plan: FaultPlan | undefined, moment: Moment): SimulatedFault | undefined {
  if (typeof plan === "function") return plan(moment);
  if (!isScript(plan)) return plan;
  return plan[Math.min(moment.number, plan.length - 1)] ?? undefined;
}

function isScript(plan: FaultPlan | undefined): plan is readonly (SimulatedFault | null)[] {
  return Array.isArray(plan);
}

/** Stand-in keys hold their index: see lanes.ts. */
function keyOf({ keys }: Config["providers"][number], headers: Readonly<Record<string, string>>): number {
  const sent = Object.values(headers).join("\n");
  return keys.findIndex(({ secret }) =>
    (typeof secret === "string" ? [secret] : Object.values(secret)).some((part) => part !== "" && sent.includes(part)),
  );
}

/** Ports are used again by whoever comes next, and what still knocks there from before is no part of this run. */
const RUN_HEADER = "x-drill-run";

function withAddresses(config: Config, servers: ReadonlyMap<string, SimulatedServer>, id: string): Config {
  const providers = config.providers.map((provider) => ({
    ...provider,
    // The path of the address is kept: it is part of how the vendor is spoken to.
    baseUrl: servers.get(provider.name)!.url + (provider.baseUrl ?? ""),
    headers: { ...provider.headers, [RUN_HEADER]: id },
  }));
  return { ...config, providers };
}

/** Rests of keys and the admin token of one run are no other's. */
function partOf(store: Store, id: string): Store {
  const { settings } = store;
  const named = (name: string) => `drill/${id}/${name}`;
  return {
    ...store,
    settings: {
      get: (name) => settings.get(named(name)),
      set: (name, value) => settings.set(named(name), value),
      setIfAbsent: (name, value) => settings.setIfAbsent(named(name), value),
    },
  };
}

async function pollWall(done: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!done()) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(POLL_WALL_MS);
  }
  return true;
}

function inFlightOf(metrics: string): number {
  const values = [...metrics.matchAll(/^evergate_in_flight_requests(?:\{[^}]*\})? (\S+)$/gm)].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}
