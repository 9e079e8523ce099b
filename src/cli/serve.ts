/** `evergate serve`: run the gateway until it is told to stop. */
import { type Command, InvalidArgumentError } from "commander";
import type { LogLevel } from "../canonical/deps.ts";
import { createLogger, logLevelOf } from "../telemetry/log.ts";
import { liftFetchLimit } from "./fetch-limit.ts";
import { type Host, type HostOptions, startHost } from "./host.ts";
import { realDeps } from "./real-deps.ts";
import { StartError } from "./start-error.ts";
import { startText } from "./start-text.ts";

export interface ServeFlags {
  config?: string;
  host?: string;
  port?: number;
  data?: string;
  demo?: boolean;
  /** Set by `demo`, not a flag: its providers are simulated. */
  simulated?: boolean;
}

export function serve(program: Command): void {
  program
    .command("serve", { isDefault: true })
    .description("run the gateway")
    .option(
      "-c, --config <file>",
      "configuration file (default: gateway.config.ts, .js, .json or .yaml in the working directory)",
    )
    .option("--host <address>", "address to listen on, over server.host")
    .option("--port <number>", "port to listen on, over server.port", portNumber)
    .option("--data <directory>", "data directory, over store.path")
    .option("--demo", "with three simulated providers, one of them failing")
    .action(async (flags: ServeFlags) => {
      if (flags.demo) {
        const { runDemo } = await import("./demo.ts");
        return runDemo(flags);
      }
      await runServe(flags);
    });
}

/** An integer from 0 to 65535; anything else is wrong usage. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("a port is a number from 0 to 65535.");
  return port;
}

/** Starts, says where, and stays until SIGTERM or SIGINT. `value` replaces the configuration file. */
export async function runServe(flags: ServeFlags, value?: unknown, afterStart?: (host: Host) => void): Promise<void> {
  const limited = liftFetchLimit(process.env);
  const log = createLogger({
    level: levelOrExit(process.env["EVERGATE_LOG"]),
    terminal: process.stdout.isTTY === true,
  });
  if (limited !== undefined) log("warn", "at most 256 upstream requests run at once", { cause: limited });
  const deps = realDeps(log, process.env);
  const options: HostOptions = {
    deps,
    value,
    simulated: flags.simulated,
    file: flags.config,
    directory: process.cwd(),
    environment: process.env,
    overrides: { host: flags.host, port: flags.port, dataPath: flags.data },
  };
  let host: Host;
  try {
    host = await startHost(options);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  startText(host, log);
  afterStart?.(host);
  if (!flags.simulated) process.on("SIGHUP", () => void host.reload());
  // A demo has no file to read again, and ends with the terminal that it was started in.
  await stopSignal(flags.simulated ? [...STOP_SIGNALS, "SIGHUP"] : STOP_SIGNALS);
  log("info", "draining", { inFlight: host.server.inFlight() });
  await host.drain();
  process.exit(0);
}

/** A wrong EVERGATE_LOG is wrong usage. */
function levelOrExit(text: string | undefined): LogLevel {
  try {
    return logLevelOf(text);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;

function stopSignal(signals: readonly NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    // A second signal leaves at once: whoever sends it has waited long enough.
    const onSignal = () => {
      for (const signal of signals) process.on(signal, () => process.exit(1));
      resolve();
    };
    for (const signal of signals) process.once(signal, onSignal);
  });
}
