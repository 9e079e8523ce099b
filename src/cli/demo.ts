/**
 * `evergate demo`: three simulated providers, the first of them failing on and off, and a little traffic, so that a
 * newcomer sees failover, cache and budgets within a minute and has something to look at in the log, the metrics and the
 * admin API.
 */
import type { Command } from "commander";
import { isBuilt } from "../config/unsupported.ts";
import type { SimulatedFault } from "../providers/simulated/faults.ts";
import { type SimulatedServer, startSimulated } from "../providers/simulated/simulated.ts";
import type { Host } from "./host.ts";
import { realClock } from "./real-deps.ts";
import { portNumber, runServe, type ServeFlags } from "./serve.ts";
import { addressOf } from "./start-text.ts";

export function demo(program: Command): void {
  program
    .command("demo")
    .description("serve with three simulated providers, one of them failing, and drive a little traffic")
    .option("--host <address>", "address to listen on")
    .option("--port <number>", "port to listen on", portNumber)
    .option("--data <directory>", "data directory")
    .action((flags: ServeFlags) => runDemo(flags));
}

/** A virtual key with next to no budget, so that its refusal can be seen. It opens nothing but this demo. */
const TIGHT_KEY = "eg_demoTightBudgetDemoTightBudgetDemoTightB";
const TIGHT_LIMIT_USD = 0.002;
/** Invented, so that there is something to count. */
const PRICE = { inputPerMillionUsd: 3, outputPerMillionUsd: 15 };

interface Act {
  name: string;
  /** What is wrong at the first provider; absent: nothing. */
  fault?: SimulatedFault;
  calls: number;
  /** Sent with this virtual key. */
  key?: string;
  /** The same question each time. */
  repeats?: boolean;
}

const ACTS: readonly Act[] = [
  { name: "all well", calls: 4 },
  { name: "the same question again: answered from the cache", calls: 3, repeats: true },
  { name: "swift answers 503", fault: { error: "unavailable" }, calls: 5 },
  {
    name: "swift is at its rate limit",
    fault: { error: "rate_limited", retryAfter: { form: "seconds", ms: 4_000 } },
    calls: 4,
  },
  {
    name: "swift cuts its streams in mid-sentence: they go on elsewhere",
    fault: { cut: { afterTokens: 6, how: "rst" } },
    calls: 4,
  },
  { name: "swift is back", calls: 4 },
  { name: `a key with a budget of ${TIGHT_LIMIT_USD} USD a day`, calls: 5, key: TIGHT_KEY },
];

const TOPICS = [
  "circuit breakers",
  "retry storms",
  "HTTP status 529",
  "prompt caches",
  "back-pressure",
  "idempotency",
  "leases",
  "token buckets",
];

const CALL_INTERVAL_MS = 500;
const TOKENS_PER_SECOND = 60;

export async function runDemo(flags: ServeFlags): Promise<void> {
  const deps = { clock: realClock, random: Math.random };
  const start = (name: string, dialect: string) =>
    startSimulated({ name, tokensPerSecond: TOKENS_PER_SECOND, dialect }, deps);
  const swift = start("swift", "openai-chat");
  const steady = start("steady", "anthropic-messages");
  const spare = start("spare", "openai-chat");
  // The story on the terminal says what happens; the gateway's own lines would say it twice.
  if (process.stdout.isTTY) process.env["EVERGATE_LOG"] ??= "error";
  await runServe({ ...flags, simulated: true }, demoSettings(swift, steady, spare), (host) => {
    process.stdout.write("\nEverything here is simulated: no provider is called and nothing costs money.\n\n");
    void drive(host, swift);
  });
}

function demoSettings(swift: SimulatedServer, steady: SimulatedServer, spare: SimulatedServer): unknown {
  const targets = ["swift/demo-fast", "steady/demo-steady", "spare/demo-spare"];
  return {
    providers: {
      swift: { type: "openai-compatible", baseUrl: `${swift.url}/v1` },
      steady: { type: "anthropic", baseUrl: steady.url },
      spare: { type: "openai-compatible", baseUrl: `${spare.url}/v1` },
    },
    models: { demo: targets },
    pricing: Object.fromEntries(targets.map((target) => [target, PRICE])),
    ...(isBuilt("cache") && { cache: { exact: {}, semantic: { mode: "on" } } }),
    access: {
      require: "none",
      keys: { tight: { secret: TIGHT_KEY, budgets: [{ limitUsd: TIGHT_LIMIT_USD, per: "day" }] } },
    },
  };
}

/** Goes through the acts once, a line a call. Only a terminal gets the lines; a log gets the gateway's own. */
async function drive(host: Host, swift: SimulatedServer): Promise<void> {
  const address = addressOf(host);
  const say = (line: string) => void (process.stdout.isTTY && process.stdout.write(`${line}\n`));
  let number = 0;
  for (const { name, fault, calls, key, repeats } of ACTS) {
    swift.setFaults(fault);
    say(`— ${name}`);
    for (let i = 0; i < calls; i++) {
      await new Promise<void>((resolve) => void realClock.after(CALL_INTERVAL_MS, resolve));
      if (!repeats) number += 1;
      say(await callOnce(address, questionOf(number), key));
    }
  }
  say(`\nThe script is over; the gateway stays. See what happened: ${address}/admin/requests (with the admin token)`);
}

function questionOf(number: number): string {
  return `What should I know about ${TOPICS[number % TOPICS.length]!} in chapter ${number}?`;
}

async function callOnce(address: string, question: string, key: string | undefined): Promise<string> {
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({
      model: "demo",
      stream: true,
      max_tokens: 100,
      messages: [{ role: "user", content: question }],
    }),
  });
  const text = await response.text();
  const header = (name: string) => response.headers.get(`x-evergate-${name}`);
  if (!response.ok) return `  ${response.status} ${(JSON.parse(text) as { error: { message: string } }).error.message}`;
  const failover = header("failover");
  const cache = header("cache");
  const seam = /^: (failover from=\S+ to=\S+)$/m.exec(text)?.[1];
  const notes = [failover && `instead of ${failover}`, cache !== "miss" && cache !== "off" && `cache: ${cache}`, seam];
  return `  ${response.status} ${header("model") ?? "-"}   ${notes.filter(Boolean).join(", ")}`.trimEnd();
}
