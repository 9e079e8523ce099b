/**
 * What the cache adds to a call, on the compiled binary: `bun scripts/bench/cache-latency.ts [--binary FILE] [--calls N]`.
 * One call at a time over one connection, each kind of call in turn so that all meet the same noise; the time added is
 * the difference of the medians to calls that leave the cache out.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { binary: { type: "string", default: "dist/evergate" }, calls: { type: "string", default: "400" } },
});
const CALLS = Number(values.calls);
const KINDS = ["off", "exact", "miss", "semantic"] as const;
type Kind = (typeof KINDS)[number];
const NOUNS = "invoice parcel password letter garden engine bicycle camera kitchen window passport mirror".split(" ");
const VERBS = "return repair replace describe compare clean measure install".split(" ");

const ANSWER = JSON.stringify({
  id: "a",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "An answer." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 16, completion_tokens: 3, total_tokens: 19 },
});
const upstream = Bun.serve({
  port: 0,
  fetch: () => new Response(ANSWER, { headers: { "content-type": "application/json" } }),
});
const directory = mkdtempSync(join(tmpdir(), "evergate-latency-"));
const PORT = 41_000 + (process.pid % 1_000);
writeFileSync(
  join(directory, "c.json"),
  JSON.stringify({
    server: { port: PORT },
    providers: { up: { type: "openai-compatible", baseUrl: `http://127.0.0.1:${upstream.port}/v1`, keys: ["k"] } },
    models: { m: ["up/m"] },
    cache: { semantic: { mode: "on" } },
  }),
);
const gateway = Bun.spawn([values.binary, "serve", "--config", "c.json"], { cwd: directory, stdout: "ignore" });
try {
  await ready();
  const times: Record<Kind, number[]> = { off: [], exact: [], miss: [], semantic: [] };
  const warmUp = Math.ceil(CALLS / 4);
  for (let i = 0; i < CALLS + warmUp; i++) {
    for (const kind of KINDS) {
      const { ms, cache } = await call(kind, i);
      if (i >= warmUp && cache.startsWith(kind)) times[kind].push(ms);
    }
  }
  const off = median(times.off);
  console.log("| call | calls | p50 ms | added p50 ms |\n|---|---|---|---|");
  for (const kind of KINDS) {
    const p50 = median(times[kind]);
    console.log(`| ${kind} | ${times[kind].length} | ${p50.toFixed(3)} | ${(p50 - off).toFixed(3)} |`);
  }
} finally {
  gateway.kill();
  await gateway.exited;
  upstream.stop(true);
  rmSync(directory, { recursive: true });
}

/** `exact` repeats one question; `miss` asks a new one of about 16 tokens; `semantic` says an earlier one otherwise. */
async function call(kind: Kind, i: number): Promise<{ ms: number; cache: string }> {
  const question = `${VERBS[i % VERBS.length]} the ${NOUNS[i % NOUNS.length]} of department ${i} in the old office building`;
  const content = {
    off: "what is in the cache?",
    exact: "What does an exact hit take here?",
    miss: `How do I ${question}?`,
    semantic: `please tell me how can i ${question}`,
  }[kind];
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content }] });
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (kind === "off") headers["x-evergate-cache"] = "off";
  // Answers are written in batches: before a question is asked otherwise, it has to be there.
  if (kind === "semantic") await Bun.sleep(60);
  const startMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${PORT}/v1/chat/completions`, { method: "POST", headers, body });
  await response.arrayBuffer();
  return { ms: performance.now() - startMs, cache: response.headers.get("x-evergate-cache") ?? "" };
}

async function ready(): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (
      await fetch(`http://127.0.0.1:${PORT}/health/ready`)
        .then((r) => r.ok)
        .catch(() => false)
    )
      break;
    await Bun.sleep(10);
  }
  // The model loads beside.
  await Bun.sleep(2_000);
}

function median(all: number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}
