/** The demo's providers: three that answer, each at its own pace, and one that judges. */
import type { Deps } from "../../canonical/deps.ts";
import type { SimulatedFault } from "../../providers/simulated/faults.ts";
import { type SimulatedServer, startSimulated } from "../../providers/simulated/simulated.ts";
import { answerTo, verdictOn } from "./knowledge.ts";

/** What is wrong at a provider. */
export interface Trouble {
  fault: SimulatedFault;
  /** Only with these keys; absent: with every one. */
  keys?: readonly string[];
}

export interface Upstreams {
  swift: SimulatedServer;
  steady: SimulatedServer;
  spare: SimulatedServer;
  judge: SimulatedServer;
  /** In force until the next one; undefined: all is well again. */
  trouble(name: "swift" | "steady" | "spare", trouble: Trouble | undefined): void;
  stop(): void;
}

/** Of swift: one of them is what meets a rate limit alone. */
export const SWIFT_KEYS = { alpha: "sk-demo-alpha", beta: "sk-demo-beta", gamma: "sk-demo-gamma" } as const;

/** First token and pace as of a quick, a middling and a slow provider. */
const PACES = {
  swift: { firstTokenMs: 90, tokensPerSecond: 110 },
  steady: { firstTokenMs: 240, tokensPerSecond: 80 },
  spare: { firstTokenMs: 520, tokensPerSecond: 60 },
} as const;
/** No two answers take the same time: this share more or less. */
const JITTER = 0.4;

export function startUpstreams(deps: Pick<Deps, "clock" | "random">, speed: number): Upstreams {
  const start = (name: keyof typeof PACES, dialect: string, manner: "full" | "brief") =>
    startSimulated(
      { name, dialect, tokensPerSecond: PACES[name].tokensPerSecond * speed, continues: "repeats-tail" },
      { ...deps, says: (text) => answerTo(text, manner) },
    );
  const swift = start("swift", "openai-chat", "full");
  const steady = start("steady", "anthropic-messages", "full");
  const spare = start("spare", "openai-chat", "brief");
  const judge = startSimulated({ name: "judge", dialect: "openai-chat" }, { ...deps, says: verdictOn });
  const servers = { swift, steady, spare };
  const trouble: Upstreams["trouble"] = (name, wrong) => {
    const { firstTokenMs } = PACES[name];
    servers[name].setFaults(({ headers }) => {
      const credential = headers["authorization"]?.replace(/^Bearer /, "");
      const strikes = wrong && (wrong.keys === undefined || wrong.keys.includes(credential ?? ""));
      const firstTokenDelayMs = (firstTokenMs * (1 + JITTER * (2 * deps.random() - 1))) / speed;
      return { firstTokenDelayMs, ...(strikes && wrong.fault) };
    });
  };
  for (const name of ["swift", "steady", "spare"] as const) trouble(name, undefined);
  const stop = () => {
    for (const server of [swift, steady, spare, judge]) server.stop();
  };
  return { ...servers, judge, trouble, stop };
}
