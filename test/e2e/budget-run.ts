/**
 * Budgets from outside: the compiled binary between many clients and an upstream that keeps its own bill, killed at
 * random moments and started again. What the upstream billed is the truth that no limit may be passed by.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { seededRandom } from "../support/seeded-random.ts";
import { type Gateway, runEvergate, startGateway } from "./harness.ts";

const NANO = 1_000_000_000;
/** USD per million tokens, so that one token costs a whole number of nano-USD. */
const PRICES = { cheap: { input: 3, output: 15 }, dear: { input: 30, output: 150 } } as const;

export interface BudgetRun {
  seed: number;
  /** Clients of each round, all at once. */
  calls: number;
  /** Kills; after the last restart all that is left is spent by small calls. */
  kills: number;
}

export interface BudgetResult {
  seed: number;
  admitted: number;
  refused: number;
  /** Nano-USD over a limit, the worst of all levels. Law: 0. */
  overshoot: number;
  /**
   * How much of what was affordable was spent, or is uncertain after a kill: of each key the fullest budget on its way
   * up, of all keys the least.
   */
  used: number;
  /** Uncertain part of the gateway's budget. */
  uncertain: number;
}

const LIMITS_USD = { gateway: 3, customer: 2.8, team: 1.6, key: 1 };

export async function runBudgets({ seed, calls, kills }: BudgetRun): Promise<BudgetResult> {
  const random = seededRandom(seed);
  const directory = mkdtempSync(`${tmpdir()}/evergate-budgets-`);
  const upstream = billingUpstream(random);
  const config = configOf(upstream.port);
  let admitted = 0;
  let refused = 0;
  const fire = async (gateway: Gateway, maxTokens?: number): Promise<number | undefined> => {
    const key = `key-${Math.floor(random() * 4)}`;
    const content = `${key} ${"word ".repeat(Math.floor(random() * 40))}`;
    const stream = random() < 0.5;
    const body = {
      model: "fast",
      stream,
      max_tokens: maxTokens ?? 16 + Math.floor(random() * 400),
      messages: [{ role: "user", content }],
    };
    const headers = {
      authorization: `Bearer eg_secret_${key}`,
      "content-type": "application/json",
      "x-evergate-user": "u",
    };
    try {
      const response = await gateway.fetch("/v1/chat/completions", {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      await response.text();
      if (response.status === 200) admitted += 1;
      else if (response.status === 402) refused += 1;
      return response.status;
    } catch {
      // Killed under the call.
      return undefined;
    }
  };
  try {
    for (let round = 0; round <= kills; round++) {
      await using gateway = await startGateway({ config, cwd: directory });
      const fired = Array.from({ length: calls }, () => fire(gateway));
      if (round < kills) {
        await Bun.sleep(5 + random() * 120);
        await gateway.kill();
        await Promise.all(fired);
        continue;
      }
      await Promise.all(fired);
      // Large ones as long as they fit, then small ones until nobody can afford any.
      for (const maxTokens of [200, 16]) {
        for (let turn = 0; turn < 200; turn++) {
          const statuses = await Promise.all(Array.from({ length: 32 }, () => fire(gateway, maxTokens)));
          if (statuses.every((status) => status === 402)) break;
        }
      }
      if ((await gateway.stop()) !== 0)
        throw new Error(`did not drain: ${gateway.output.stderr}${gateway.output.stdout}`);
    }
    await verifyLedger(directory);
    const { shareOf, overshoot, uncertain } = readState(directory);
    const used = Math.min(
      ...[0, 1, 2, 3].map((n) =>
        Math.max(shareOf("gateway"), shareOf("acme"), shareOf(teamOf(n)), shareOf(`key-${n}`)),
      ),
    );
    return { seed, admitted, refused, overshoot: Math.max(upstream.overshoot(), overshoot), used, uncertain };
  } finally {
    await upstream.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function verifyLedger(directory: string): Promise<void> {
  const { exitCode, stdout, stderr } = await runEvergate(["ledger", "verify", "--data", `${directory}/data`]);
  if (exitCode !== 0) throw new Error(`ledger verify: ${stdout}${stderr}`);
}

/** After a clean stop: nothing leased, and the totals, uncertain amounts included, within the limits. */
function readState(directory: string) {
  const database = new Database(`${directory}/data/state.db`, { readonly: true });
  try {
    const leased = database.query("SELECT coalesce(sum(amount_nano_usd), 0) AS held FROM leases").get() as {
      held: number;
    };
    if (leased.held !== 0) throw new Error(`${leased.held} nano-USD are leased after a clean stop`);
    const rows = database
      .query(
        "SELECT budget, spent_nano_usd + uncertain_nano_usd AS total, uncertain_nano_usd AS uncertain FROM budget_windows",
      )
      .all() as { budget: string; total: number; uncertain: number }[];
    const shares = new Map<string, number>();
    let overshoot = 0;
    let uncertain = 0;
    for (const row of rows) {
      const [scope, identity] = JSON.parse(row.budget) as [keyof typeof LIMITS_USD, string];
      const limit = LIMITS_USD[scope] * NANO;
      shares.set(identity.replace("file:", ""), row.total / limit);
      overshoot = Math.max(overshoot, row.total - limit);
      if (scope === "gateway") uncertain = row.uncertain / limit;
    }
    return { shareOf: (identity: string) => shares.get(identity) ?? 0, overshoot, uncertain };
  } finally {
    database.close();
  }
}

/** Answers with random lengths within the cap it was told, fails now and then before content, and bills the rest. */
function billingUpstream(random: () => number) {
  const bills = new Map<string, number>();
  const bill = (key: string, cost: number) => {
    const team = teamOf(Number(key.at(-1)));
    for (const level of [key, team, "customer", "gateway"]) bills.set(level, (bills.get(level) ?? 0) + cost);
  };
  const limitOf = (level: string) =>
    LIMITS_USD[
      (level.startsWith("team") ? "team" : level.startsWith("key") ? "key" : level) as keyof typeof LIMITS_USD
    ];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { model, stream, max_tokens, messages } = (await request.json()) as {
        model: keyof typeof PRICES;
        stream?: boolean;
        max_tokens: number;
        messages: { content: string }[];
      };
      await Bun.sleep(random() * 40);
      if (random() < (model === "cheap" ? 0.3 : 0.05))
        return new Response('{"error":{"message":"no"}}', { status: 500 });
      const { content } = messages[0]!;
      const promptTokens = 8 + content.split(" ").length;
      const completionTokens = Math.max(1, Math.floor(random() * max_tokens));
      bill(
        content.split(" ")[0]!,
        (promptTokens * PRICES[model].input + completionTokens * PRICES[model].output) * 1_000,
      );
      const usage = {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      };
      if (!stream) {
        const choices = [{ index: 0, message: { role: "assistant", content: "yes" }, finish_reason: "stop" }];
        return Response.json({ id: "c", object: "chat.completion", created: 1, model, choices, usage });
      }
      return new Response(streamed(model, usage, random) as unknown as ReadableStream, {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  return {
    port: server.port!,
    stop: () => server.stop(true),
    overshoot: () => Math.max(0, ...[...bills].map(([level, cost]) => Math.round(cost - limitOf(level) * NANO))),
  };
}

async function* streamed(model: string, usage: object, random: () => number) {
  const frame = (fields: object) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, ...fields })}\n\n`;
  for (const word of ["one ", "two ", "three"]) {
    yield frame({ choices: [{ index: 0, delta: { role: "assistant", content: word }, finish_reason: null }] });
    await Bun.sleep(random() * 15);
  }
  yield frame({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  yield frame({ choices: [], usage });
  yield "data: [DONE]\n\n";
}

function teamOf(key: number): string {
  return key < 2 ? "team-a" : "team-b";
}

function configOf(port: number): string {
  const budget = (limitUsd: number) => [{ limitUsd, per: "total" }];
  const price = ({ input, output }: { input: number; output: number }) => ({
    inputPerMillionUsd: input,
    outputPerMillionUsd: output,
  });
  const keys = Object.fromEntries(
    [0, 1, 2, 3].map((n) => [
      `key-${n}`,
      { secret: `eg_secret_key-${n}`, team: teamOf(n), budgets: budget(LIMITS_USD.key) },
    ]),
  );
  return `export default ${JSON.stringify({
    store: { path: "./data" },
    providers: { up: { type: "openai-compatible", baseUrl: `http://127.0.0.1:${port}/v1`, keys: ["k"] } },
    models: { fast: { targets: ["up/cheap", "up/dear"] } },
    pricing: { "up/cheap": price(PRICES.cheap), "up/dear": price(PRICES.dear) },
    resilience: { breaker: { consecutiveFailures: 1_000, failurePercent: 100 } },
    access: {
      budgets: budget(LIMITS_USD.gateway),
      customers: { acme: { budgets: budget(LIMITS_USD.customer) } },
      teams: {
        "team-a": { customer: "acme", budgets: budget(LIMITS_USD.team) },
        "team-b": { customer: "acme", budgets: budget(LIMITS_USD.team) },
      },
      keys,
    },
  })}`;
}
