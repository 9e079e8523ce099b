/** What the demo sets up by the admin API, as an operator would: customers, teams, keys, and a target that is drained. */
import { DRAINED_TARGET } from "./settings.ts";

/** Secrets of the demo's applications. */
export interface DemoKeys {
  search: string;
  support: string;
  growth: string;
}

interface Parts {
  address: string;
  adminToken: string;
}

/** What an earlier run in the same data directory left: its keys' secrets are known to nobody. */
const CONFLICT = 409;

export async function setUp(parts: Parts): Promise<DemoKeys> {
  await make("customers", { name: "globex", budgets: [{ limitUsd: 50, per: "month" }] }, parts);
  await make(
    "teams",
    {
      name: "support",
      customer: "acme",
      budgets: [{ limitUsd: 5, per: "day" }],
      limits: { requestsPerMinute: 6_000 },
      perUser: { budgets: [{ limitUsd: 0.5, per: "day" }] },
    },
    parts,
  );
  await make("teams", { name: "growth", customer: "globex", budgets: [{ limitUsd: 0.12, per: "day" }] }, parts);
  const keys = {
    search: await keyFor({ name: "shop", team: "search", tags: { owner: "search" } }, parts),
    support: await keyFor({ name: "help-desk", team: "support", models: ["help", "extract"] }, parts),
    growth: await keyFor({ name: "lab", team: "growth", budgets: [{ limitUsd: 0.2, per: "day" }] }, parts),
  };
  await keyFor({ name: "old-importer", team: "growth", disabled: true }, parts);
  await post(`/admin/targets/${encodeURIComponent(DRAINED_TARGET)}/drain`, {}, parts);
  return keys;
}

async function keyFor(body: { name: string } & Record<string, unknown>, parts: Parts): Promise<string> {
  const made = (await make("keys", body, parts)) ?? (await post(`/admin/keys/${body.name}/rotate`, {}, parts));
  return String(made["key"]);
}

/** Undefined where there is one of that name. */
async function make(
  kind: "customers" | "teams" | "keys",
  body: object,
  parts: Parts,
): Promise<Record<string, unknown> | undefined> {
  const response = await send(`/admin/${kind}`, body, parts);
  return response.status === CONFLICT ? undefined : read(response);
}

async function post(path: string, body: object, parts: Parts): Promise<Record<string, unknown>> {
  return read(await send(path, body, parts));
}

function send(path: string, body: object, { address, adminToken }: Parts): Promise<Response> {
  return fetch(address + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
    body: JSON.stringify(body),
  });
}

async function read(response: Response): Promise<Record<string, unknown>> {
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`The demo could not be set up: ${JSON.stringify(answer)}`);
  return answer;
}
