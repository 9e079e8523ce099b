/**
 * `evergate demo`: three simulated providers, the first of them failing on and off, and a little traffic, so that a
 * newcomer sees failover within a minute and has something to look at in the log, the metrics and the admin API.
 */
import type { Command } from "commander";
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

/** What goes wrong at the first provider, one after the other; `undefined` is health. */
const ACTS: readonly { name: string; fault: SimulatedFault | undefined; calls: number }[] = [
  { name: "all well", fault: undefined, calls: 4 },
  { name: "swift answers 503", fault: { error: "unavailable" }, calls: 6 },
  {
    name: "swift is at its rate limit",
    fault: { error: "rate_limited", retryAfter: { form: "seconds", ms: 4_000 } },
    calls: 4,
  },
  { name: "swift resets connections", fault: { connection: "reset" }, calls: 4 },
  { name: "swift cuts streams before the first word", fault: { cut: { afterTokens: 0, how: "rst" } }, calls: 4 },
  { name: "swift is back", fault: undefined, calls: 6 },
];

const QUESTIONS = [
  "How do I reset my password?",
  "Summarise the incident report in two sentences.",
  "Write a haiku about circuit breakers.",
  "What does HTTP status 529 mean?",
];

const CALL_INTERVAL_MS = 700;
const TOKENS_PER_SECOND = 40;

export async function runDemo(flags: ServeFlags): Promise<void> {
  const deps = { clock: realClock, random: Math.random };
  const servers = ["swift", "steady", "spare"].map((name) =>
    startSimulated(
      { name, tokensPerSecond: TOKENS_PER_SECOND, dialect: name === "steady" ? "anthropic-messages" : "openai-chat" },
      deps,
    ),
  );
  const [swift, steady, spare] = servers as [SimulatedServer, SimulatedServer, SimulatedServer];
  const value = {
    providers: {
      swift: { type: "openai-compatible", baseUrl: `${swift.url}/v1` },
      steady: { type: "anthropic", baseUrl: steady.url },
      spare: { type: "openai-compatible", baseUrl: `${spare.url}/v1` },
    },
    models: { demo: ["swift/demo-fast", "steady/demo-steady", "spare/demo-spare"] },
  };
  await runServe(flags, value, (host) => {
    process.stdout.write("Everything here is simulated: no provider is called and nothing costs money.\n\n");
    void drive(host, swift);
  });
}

/** Goes through the acts once, a line a call. Only a terminal gets the lines; a log gets the gateway's own. */
async function drive(host: Host, swift: SimulatedServer): Promise<void> {
  const address = addressOf(host);
  const say = (line: string) => void (process.stdout.isTTY && process.stdout.write(`${line}\n`));
  let number = 0;
  for (const { name, fault, calls } of ACTS) {
    swift.setFaults(fault);
    say(`— ${name}`);
    for (let i = 0; i < calls; i++) {
      await new Promise<void>((resolve) => void realClock.after(CALL_INTERVAL_MS, resolve));
      say(await callOnce(address, QUESTIONS[number++ % QUESTIONS.length]!));
    }
  }
  say(`\nThe script is over; the gateway stays. See what happened: ${address}/admin/requests (with the admin token)`);
}

async function callOnce(address: string, question: string): Promise<string> {
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "demo", stream: true, messages: [{ role: "user", content: question }] }),
  });
  await response.text();
  const header = (name: string) => response.headers.get(`x-evergate-${name}`);
  const failover = header("failover");
  return `  ${response.status} ${header("model") ?? "-"}${failover ? `   instead of ${failover}` : ""}`;
}
