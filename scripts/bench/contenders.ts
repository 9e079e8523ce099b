import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "../build.ts";
import { freePort, PROXY_CORE, type Running, startPinned } from "./processes.ts";
import { KEY, MODEL } from "./workload.ts";

const ROOT = resolve(import.meta.dir, "../..");

export const GATEWAY = "evergate";
/** The same gateway with budgets and limits on four levels, none of them near its edge. */
export const GOVERNED = "evergate, four budget levels";
export const NGINX = "nginx";
export const MINIMAL = "minimal Bun proxy";

export interface Contender extends Running {
  name: string;
}

/** Starts what is compared, each on the same core: nginx where installed, the minimal proxy, the gateway. */
export async function startContenders(directory: string, upstreamPort: number, gateway: boolean): Promise<Contender[]> {
  const contenders: Contender[] = [];
  const nginx = await startNginx(directory, upstreamPort);
  if (nginx) contenders.push({ name: NGINX, ...nginx });
  const port = freePort();
  const minimal = [process.execPath, `${import.meta.dir}/minimal-proxy.ts`, String(port), String(upstreamPort)];
  contenders.push({ name: MINIMAL, ...(await startPinned(PROXY_CORE, minimal, { port })) });
  if (!gateway) return contenders;
  const binary = `${directory}/binary`;
  await build({ entry: `${ROOT}/src/main.ts`, outfile: binary });
  for (const name of [GATEWAY, GOVERNED]) {
    const running = await startGateway([binary], `${directory}/${name}`, upstreamPort, name === GOVERNED);
    contenders.push({ name, ...running });
  }
  return contenders;
}

/** The gateway with key check, metrics and request log on. `program` is the binary, or Bun and the source. */
export async function startGateway(
  program: string[],
  directory: string,
  upstreamPort: number,
  governed = false,
): Promise<Running> {
  const port = freePort();
  const cwd = `${directory}/gateway`;
  await mkdir(cwd, { recursive: true });
  await Bun.write(`${cwd}/gateway.config.ts`, gatewayConfig(port, upstreamPort, governed));
  return await startPinned(PROXY_CORE, [...program, "serve"], { port, cwd, env: { HOME: directory } });
}

/** What no run uses up. */
const AMPLE = {
  budgets: [{ limitUsd: 1_000_000, per: "month" }],
  limits: { requestsPerMinute: 100_000_000, tokensPerMinute: 1_000_000_000, maxConcurrent: 100_000 },
};

function gatewayConfig(port: number, upstreamPort: number, governed: boolean): string {
  const level = governed ? AMPLE : {};

  const config = {
    server: { host: "127.0.0.1", port },
    store: { path: "./data" },
    providers: {
      upstream: {
        type: "openai-compatible",
        baseUrl: `http://127.0.0.1:${upstreamPort}/v1`,
        keys: ["sk-upstream"],
      },
    },
    models: { [MODEL]: ["upstream/gpt-4o-mini"] },
    ...(governed && { pricing: { "upstream/gpt-4o-mini": { inputPerMillionUsd: 0.15, outputPerMillionUsd: 0.6 } } }),
    access: {
      ...level,
      require: "key",
      ...(governed && { customers: { acme: level }, teams: { search: { customer: "acme", ...level } } }),
      keys: { bench: { secret: KEY, ...(governed && { team: "search", ...level }) } },
    },
  };
  return `import { defineConfig } from "evergate";\nexport default defineConfig(${JSON.stringify(config, null, 2)});\n`;
}

/** A plain proxy: one process, connections to the upstream kept, nothing buffered, nothing logged. */
async function startNginx(directory: string, upstreamPort: number): Promise<Running | undefined> {
  const nginx = Bun.which("nginx", { PATH: `${process.env["PATH"]}:/usr/sbin` });
  if (!nginx) return undefined;
  const port = freePort();
  const cwd = `${directory}/nginx`;
  await mkdir(`${cwd}/logs`, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${cwd}/${name};`)
    .join(" ");
  await Bun.write(
    `${cwd}/nginx.conf`,
    `daemon off; master_process off; worker_processes 1; pid ${cwd}/nginx.pid; error_log stderr crit;
events { worker_connections 2048; }
http {
  access_log off; ${temporary} keepalive_requests 10000000;
  upstream answers { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://answers; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
    }
  }
}
`,
  );
  return await startPinned(PROXY_CORE, [nginx, "-p", cwd, "-c", `${cwd}/nginx.conf`, "-e", "stderr"], { port });
}
