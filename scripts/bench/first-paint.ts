/**
 * `bun scripts/bench/first-paint.ts [rows]`: how long each page of the dashboard takes to its first paint and to its
 * data, with a million calls in the log (30 days) by default, in Chromium against the built binary. Needs chromium and
 * `bun run build`; takes two minutes. Exit code 1 when a first paint takes a second.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Browser, chromium } from "playwright-core";

const ROWS = Number(process.argv[2] ?? 1_000_000);
const LIMIT_MS = 1_000;
const REPEATS = 5;
const TOKEN = "admin-token-of-the-bench";
const ROOT = `${import.meta.dir}/../..`;

/** Each page, and what is there once its data is. */
const PAGES = [
  ["Overview", "/ui", ".stats .stat-value"],
  ["Overview, 30 days", "/ui?range=30d", ".stats .stat-value"],
  ["Requests", "/ui/requests", "tbody tr a"],
  ["Requests, a key's errors", "/ui/requests?key=key-7&status=5xx", "tbody tr a"],
  ["Routes", "/ui/routes", ".flow .node"],
  ["Cache", "/ui/cache", ".stats .stat-value"],
  ["Budgets & keys", "/ui/keys", ".data-table tbody tr"],
  ["Budgets & keys, 30 days", "/ui/keys?range=30d", ".data-table tbody tr"],
  ["Quality", "/ui/quality", "main .empty, main .card"],
  ["Alerts", "/ui/alerts", "main .empty, main .card"],
  ["Settings", "/ui/settings", ".config-section"],
  ["Playground", "/ui/playground", ".composer"],
] as const;

const CONFIG = `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN_TOKEN") },
  providers: { openai: { type: "simulated" }, claude: { type: "simulated" }, groq: { type: "simulated" } },
  models: { fast: ["openai/gpt-4o-mini", "claude/claude-sonnet-4-5"], cheap: ["groq/llama-3.3-70b-versatile"] },
  cache: { exact: {} },
  evals: [{ name: "complete", sample: 1, check: "truncation" }],
  access: { require: "none", teams: Object.fromEntries(Array.from({ length: 10 }, (_, n) => ["team-" + n, {}])) },
  store: { path: "./data" },
});`;

const port = freePort();
const directory = mkdtempSync(`${tmpdir()}/evergate-first-paint-`);
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function run(): Promise<boolean> {
  await Bun.spawn(["mkdir", "-m", "700", `${directory}/data`]).exited;
  const fill = Bun.spawn([process.execPath, `${ROOT}/scripts/bench-log.ts`, String(ROWS), `${directory}/data`], {
    stdout: "ignore",
    stderr: "inherit",
  });
  await fill.exited;
  await Bun.write(`${directory}/gateway.config.ts`, CONFIG);
  const gateway = Bun.spawn([`${ROOT}/dist/evergate`, "serve", "--port", String(port)], {
    cwd: directory,
    env: { PATH: "/usr/bin:/bin", HOME: directory, ADMIN_TOKEN: TOKEN, EVERGATE_LOG: "error" },
    stdout: "ignore",
    stderr: "inherit",
  });
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath: Bun.which("chromium") ?? "chromium", args });
  try {
    await ready(gateway);
    return await measure(browser);
  } finally {
    await browser.close();
    gateway.kill();
    await gateway.exited;
  }
}

/** A port that was free a moment ago. */
function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

async function ready(gateway: Bun.Subprocess): Promise<void> {
  while (!(await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.ok) {
    if (gateway.exitCode !== null) throw new Error("The gateway ended; is the binary built?");
    await Bun.sleep(50);
  }
}

async function measure(browser: Browser): Promise<boolean> {
  const url = `http://127.0.0.1:${port}`;
  const page = await (await browser.newContext({ viewport: { width: 1_440, height: 900 } })).newPage();
  await page.goto(`${url}/ui#token=${TOKEN}`);
  await page.locator(".layout").waitFor();
  let slowest = 0;
  console.log("| page | first paint ms, median and worst | data shown ms, median and worst |\n|---|---|---|");
  for (const [name, path, selector] of PAGES) {
    const paints: number[] = [];
    const shown: number[] = [];
    for (let n = 0; n < REPEATS; n++) {
      await page.goto(url + path, { waitUntil: "commit" });
      await page.locator(selector).first().waitFor();
      shown.push(await page.evaluate(() => performance.now()));
      paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0));
    }
    slowest = Math.max(slowest, ...paints);
    console.log(`| ${name} | ${middleAndWorst(paints)} | ${middleAndWorst(shown)} |`);
  }
  return slowest < LIMIT_MS;
}

function middleAndWorst(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b).map(Math.round);
  return `${sorted[sorted.length >> 1]} · ${sorted.at(-1)}`;
}
