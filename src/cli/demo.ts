/**
 * `evergate demo`: simulated providers, one of them failing on and off, and traffic of a few applications, so that a
 * newcomer sees failover, cache, budgets and alerts within a minute, and the dashboard has something to show. It needs no
 * network, touches no data but its own, and leaves nothing behind.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { drive } from "./demo/drive.ts";
import { setUp } from "./demo/governance.ts";
import { startReceiver } from "./demo/receiver.ts";
import { demoSettings } from "./demo/settings.ts";
import { startUpstreams } from "./demo/upstreams.ts";
import { liftFetchLimit } from "./fetch-limit.ts";
import { realClock } from "./real-deps.ts";
import { portNumber, runServe, type ServeFlags } from "./serve.ts";
import { addressOf } from "./start-text.ts";

interface DemoFlags extends ServeFlags {
  speed?: number;
}

export function demo(program: Command): void {
  program
    .command("demo")
    .description("serve with simulated providers, an outage included, and drive traffic through them")
    .option("--host <address>", "address to listen on")
    .option("--port <number>", "port to listen on", portNumber)
    .option("--data <directory>", "data directory, kept at the end (default: one of its own, removed at the end)")
    .option("--speed <factor>", "run the script that many times faster, 1 to 20", speedFactor)
    .action((flags: DemoFlags) => runDemo(flags));
}

const MAX_SPEED = 20;
const TOKEN_BYTES = 24;

export async function runDemo({ speed = 1, ...flags }: DemoFlags): Promise<void> {
  // This starts the process anew where it can: before there is anything that would be started twice.
  liftFetchLimit(process.env);
  const deps = { clock: realClock, random: Math.random };
  // The story on the terminal says what happens; the gateway's own lines would say it twice.
  if (process.stdout.isTTY) process.env["EVERGATE_LOG"] ??= "error";
  // Only a terminal gets the story; a log gets the gateway's own lines.
  const say = (line: string) => void (process.stdout.isTTY && process.stdout.write(`${line}\n`));
  const upstreams = startUpstreams(deps, speed);
  const receiver = startReceiver((line) => say(`  ${line}`));
  const adminToken = `ega_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const settings = demoSettings({ upstreams, receiverUrl: receiver.url, adminToken, speed });
  const data = flags.data ?? ownDirectory();
  await runServe({ ...flags, data, simulated: true }, settings, (host) => {
    const address = addressOf(host);
    // Like every token past the logger, so that no log file ever holds it; the part after # stays in the browser.
    process.stderr.write(
      "\nEverything here is simulated: no provider is called and nothing costs money.\n" +
        `Open the dashboard, signed in:  ${address}/ui#token=${adminToken}\n\n`,
    );
    void setUp({ address, adminToken })
      .then((keys) => drive({ ...deps, address, upstreams, keys, speed, say }))
      .catch((error: unknown) => process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`));
  });
}

/** Private, as the cache's index demands, and gone with the process. */
function ownDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "evergate-demo-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function speedFactor(text: string): number {
  const speed = Number(text);
  if (!(speed >= 1 && speed <= MAX_SPEED)) throw new InvalidArgumentError(`a factor from 1 to ${MAX_SPEED}.`);
  return speed;
}
