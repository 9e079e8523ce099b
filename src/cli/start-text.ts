/** What a person sees when the gateway has started. Without a terminal it is one log line; the admin token never is. */

import type { Log } from "../canonical/deps.ts";
import { describeBare } from "../config/bare.ts";
import type { Host } from "./host.ts";
import { faultLine } from "./start-error.ts";
import { VERSION } from "./version.ts";

export function startText(host: Host, log: Log): void {
  const address = addressOf(host);
  const { config, loaded } = host;
  const notes = [...loaded.warnings.map(faultLine), ...loaded.notes];
  if (process.stdout.isTTY) process.stdout.write(`${readable(host, address, notes)}\n`);
  else {
    for (const note of notes) log("warn", note);
    log("info", "listening", {
      address,
      version: VERSION,
      providers: config.providers.map(({ name }) => name),
      models: modelLines(host),
      dashboard: `${address}/ui`,
      try: curlLine(host, address),
    });
  }
  if (host.newAdminToken === undefined) return;
  // Straight to the terminal and past the logger, so that no log file ever holds it.
  process.stderr.write(`Admin token, shown only now: ${host.newAdminToken}\n`);
  // The part after # stays in the browser: no request, log or Referer carries it.
  process.stderr.write(`Dashboard, signed in:        ${address}/ui#token=${host.newAdminToken}\n`);
}

/** A line to paste that works as it is. */
function curlLine({ config, requiresKey }: Host, address: string): string {
  const model = config.models[0]?.name ?? config.bareRoutes?.listed[0] ?? "gpt-4o";
  const key = requiresKey ? ' -H "Authorization: Bearer $EVERGATE_KEY"' : "";
  const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Say hello" }] });
  return `curl -N ${address}/v1/chat/completions${key} -H 'content-type: application/json' -d '${body}'`;
}

export function addressOf({ server, config }: Host): string {
  const host = config.server.host.includes(":") ? `[${config.server.host}]` : config.server.host;
  return `${config.server.tls ? "https" : "http"}://${host === "0.0.0.0" ? "127.0.0.1" : host}:${server.port}`;
}

function readable(host: Host, address: string, notes: readonly string[]): string {
  const { config } = host;
  return [
    `Evergate ${VERSION} at ${address}`,
    `  configuration  ${host.origin}`,
    `  providers      ${config.providers.map(({ name, keys }) => (keys.length > 1 ? `${name} (${keys.length} keys)` : name)).join(", ")}`,
    ...modelLines(host).map((line, index) => `  ${index === 0 ? "models         " : "               "}${line}`),
    `  data           ${config.store.path}`,
    `  dashboard      ${address}/ui`,
    `  documentation  ${address}/docs`,
    ...notes.map((note) => `  note           ${note}`),
    "",
    "Try it:",
    `  ${curlLine(host, address)}`,
  ].join("\n");
}

function modelLines({ config }: Host): string[] {
  const named = config.models.map(({ name, targets, fallbacks }) => {
    const after = fallbacks.length > 0 ? `, then ${fallbacks.join(", ")}` : "";
    return `${name} → ${targets.map(({ target }) => target).join(", ")}${after}`;
  });
  return [...named, ...(config.bareRoutes ? describeBare(config.bareRoutes) : [])];
}
