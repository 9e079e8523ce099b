/** GET /admin/budgets, POST /admin/budgets/{id}/reset and /release. */
import type { BudgetStatus } from "../../budget/status.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { formatUsd } from "../../canonical/money.ts";
import type { AuditEntry } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { actorOf, teamOf } from "../guard.ts";
import { decodeSegment } from "../request-path.ts";
import { json } from "../respond.ts";
import { readOptionalBody } from "./body.ts";
import { pageOf } from "./page.ts";
import { readChoice, readQuery, refused } from "./query.ts";

const SCOPES = ["gateway", "customer", "team", "key", "user"] as const;

export async function listBudgets(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, ["scope", "name", "limit", "cursor"]);
  const scope = readChoice("scope", query.scope, SCOPES);
  const isVisible = visibleTo(exchange);
  const all = (await exchange.ports.admin.budgets.list())
    .filter(isVisible)
    .filter((budget) => (scope === undefined || budget.scope === scope) && (query.name ?? budget.name) === budget.name)
    .map((budget) => ({ budget, key: `${SCOPES.indexOf(budget.scope)} ${budget.name}\n${budget.id}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const { data, next } = pageOf(all, ({ key }) => key, query);
  return json(exchange, { data: data.map(({ budget }) => budgetJson(budget)), next });
}

/** A team sees its own budgets, those of its keys, and those of the end users of either. */
function visibleTo(exchange: Exchange): (budget: BudgetStatus) => boolean {
  const team = teamOf(exchange);
  if (team === undefined) return () => true;
  const keys = new Set(
    exchange.ports.admin.access
      .list("keys")
      .filter((key) => key["team"] === team)
      .map(({ name }) => name),
  );
  return ({ scope, name, of }) => {
    const level = of ?? { scope, name };
    return level.scope === "team" ? level.name === team : level.scope === "key" && keys.has(level.name);
  };
}

/** Takes off all that was spent in the windows that count now; the ledger stays. */
export function resetBudget(exchange: Exchange): Promise<Response> {
  return change(exchange, "reset");
}

/** Takes off what an unclean stop left uncertain. */
export function releaseBudget(exchange: Exchange): Promise<Response> {
  return change(exchange, "release");
}

/** What the change sets, whatever calls do at the same time. */
const AFTER = { reset: { spent_usd: "0", uncertain_usd: "0" }, release: { uncertain_usd: "0" } };

async function change(exchange: Exchange, action: "reset" | "release"): Promise<Response> {
  readQuery(exchange.request.url, []);
  const [unknown] = Object.keys(await readOptionalBody(exchange));
  if (unknown !== undefined) throw refused(unknown, `Unknown field "${unknown.slice(0, 100)}"; the body has none.`);
  const { budgets } = exchange.ports.admin;
  const id = decodeSegment(exchange.path.split("/")[3] ?? "") ?? "";
  const missing = () => new GatewayError("not_found", `There is no budget "${id}".`, { param: "id" });
  const find = async () => (await budgets.list()).find((budget) => budget.id === id);
  const before = await find();
  if (!before) throw missing();
  const { name: actor, remoteAddress } = actorOf(exchange);
  const entry: AuditEntry = {
    atMs: exchange.ports.clock.now(),
    actor,
    remoteAddress,
    action,
    resource: "budget",
    resourceId: id,
    name: before.name,
    before: budgetJson(before),
    after: AFTER[action],
  };
  const taken = await budgets[action](id, entry);
  const after = await find();
  if (taken === undefined || !after) throw missing();
  return json(exchange, { ...budgetJson(after), taken_off_usd: formatUsd(taken) });
}

function budgetJson(budget: BudgetStatus): Record<string, unknown> {
  return {
    id: budget.id,
    scope: budget.scope,
    name: budget.name,
    of: budget.of ?? null,
    window: budget.window,
    rolling: budget.rolling,
    model: budget.model,
    provider: budget.provider,
    limit_usd: formatUsd(budget.limitNanoUsd),
    spent_usd: formatUsd(budget.spentNanoUsd),
    reserved_usd: formatUsd(budget.reservedNanoUsd),
    uncertain_usd: formatUsd(budget.uncertainNanoUsd),
    refused_at: timeOrNull(budget.refusedAtMs),
    resets_at: timeOrNull(budget.resetsAtMs),
  };
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
