/** `evergate healthcheck`: exit code 0 when the local server is ready. For containers, which have no curl. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { reachableHost } from "./reachable-host.ts";
import { portNumber } from "./serve.ts";

const TIMEOUT_MS = 2_000;

export function healthcheck(program: Command): void {
  program
    .command("healthcheck")
    .description("exit with 0 when the local server is ready")
    .option("-c, --config <file>", "configuration whose address is asked")
    .option("--host <address>", "address of the server")
    .option("--port <number>", "port of the server", portNumber)
    .action(async ({ config: file, host, port }: { config?: string; host?: string; port?: number }) => {
      const environment = process.env;
      const overrides = { host, port };
      const loaded = await loadConfig({
        file,
        directory: process.cwd(),
        environment,
        fetch: (url, init) => fetch(url, init),
        overrides,
      });
      const address = host ?? loaded.config?.server.host ?? "127.0.0.1";
      const scheme = loaded.config?.server.tls ? "https" : "http";
      const url = `${scheme}://${reachableHost(address)}:${port ?? loaded.config?.server.port ?? 4000}/health/ready`;
      const state = await ask(url);
      if (state === undefined) return;
      process.stderr.write(`${url}: ${state}\n`);
      process.exitCode = 1;
    });
}

/** Undefined when ready. */
async function ask(url: string): Promise<string | undefined> {
  try {
    // Asked by its address on this machine, for which a certificate is rarely made.
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), tls: { rejectUnauthorized: false } });
    return response.ok ? undefined : `not ready (HTTP ${response.status})`;
  } catch {
    return "not reachable";
  }
}
