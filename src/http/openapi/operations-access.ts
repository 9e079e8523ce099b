/** What `/openapi.json` says of keys, teams, customers, budgets, usage and the audit trail. */
import { Type } from "@sinclair/typebox";
import type { RecordKind } from "../../config/dynamic/record-body.ts";
import { KINDS, LINKS } from "../../config/dynamic/record-view.ts";
import { USAGE_GROUPS, USAGE_MAX_ROWS } from "../../store/budget-ports.ts";
import { EXAMPLES } from "./examples.ts";
import { ACCESS_EXAMPLES as SHOWN } from "./examples-access.ts";
import { FROM_TO, PAGE } from "./list-parameters.ts";
import { body, errors, type Operation, pathId, query } from "./operation.ts";
import { describeRecord, IF_MATCH } from "./record-operations.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

const NAMES = {
  keys: { one: "VirtualKey", page: "VirtualKeyPage", made: "NewVirtualKey", changes: "VirtualKeyChanges" },
  teams: { one: "Team", page: "TeamPage", made: "NewTeam", changes: "TeamChanges" },
  customers: { one: "Customer", page: "CustomerPage", made: "NewCustomer", changes: "CustomerChanges" },
} as const;

export function recordOperations(kind: RecordKind) {
  const what = kind === "keys" ? "virtual key" : KINDS[kind];
  const isKey = kind === "keys";
  return describeRecord({
    names: NAMES[kind],
    what,
    filters: [
      ...LINKS[kind].map((link) => query(link, `Name of the ${link}`)),
      query("origin", "file or api"),
      query("disabled", "Whether it is switched off", Type.Boolean()),
      query("text", "Part of name, id or prefix"),
    ],
    shown: SHOWN[kind],
    created: SHOWN.made[kind],
    changed: { disabled: true },
    create: {
      description: "It counts from the next call on.",
      ...(isKey && {
        made: {
          description: "Made; its secret is shown only here",
          content: body("VirtualKeyWithSecret", SHOWN.keyWithSecret),
        },
      }),
    },
    remove: {
      summary: isKey ? "Revokes a virtual key" : `Removes a ${what}`,
      description: isKey ? "The next call with it is refused with 401." : "409 as long as something belongs to it.",
    },
  });
}

export const rotateKey: Operation = {
  tags: ["admin"],
  summary: "Gives a virtual key a new secret",
  description: "The old one works for graceMs more; one from an earlier rotation ends at once.",
  parameters: [pathId("Id or name."), IF_MATCH],
  requestBody: { required: true, content: body("Rotation", { graceMs: 3_600_000 }) },
  responses: {
    "200": { description: "The secret is shown only here", content: body("VirtualKeyWithSecret", SHOWN.keyWithSecret) },
    ...ERRORS("400", "401", "403", "404", "409", "412", "413", "415"),
  },
};

export const listBudgets: Operation = {
  tags: ["admin"],
  summary: "Every budget with what it has spent",
  parameters: [
    query("scope", "gateway, customer, team, key or user"),
    query("name", "Name of the key, team, customer or user"),
    ...PAGE,
  ],
  responses: {
    "200": {
      description: "A page. The role team gets its own, those of its keys, and those of their end users.",
      content: body("BudgetPage", { data: [SHOWN.budget], next: null }),
    },
    ...ERRORS("400", "401", "403"),
  },
};

export const resetBudget = budgetChange("Takes off what a budget has spent in its current window; the ledger stays");
export const releaseBudget = budgetChange("Takes off what an unclean stop left uncertain");

function budgetChange(summary: string): Operation {
  return {
    tags: ["admin"],
    summary,
    parameters: [pathId("Id of the budget.")],
    responses: {
      "200": {
        description: "As it is now",
        content: body("Budget", { ...SHOWN.budget, spent_usd: "0", taken_off_usd: "0.0421" }),
      },
      ...ERRORS("400", "401", "403", "404", "503"),
    },
  };
}

export const showUsage: Operation = {
  tags: ["admin"],
  summary: "Requests, tokens and cost by group",
  parameters: [
    query("group_by", `Comma list of ${USAGE_GROUPS.join(", ")}; absent: one row of totals`),
    ...FROM_TO,
    query("team", "Only this team"),
    query("limit", `Groups a page, 1 to ${USAGE_MAX_ROWS}, which is the default`),
    query("cursor", "The `next` of the page before"),
  ],
  responses: {
    "200": { description: "The groups", content: body("UsagePage", { data: [SHOWN.usage], next: null }) },
    ...ERRORS("400", "401", "403"),
  },
};

export const listAudit: Operation = {
  tags: ["admin"],
  summary: "Who changed what, newest first",
  parameters: [
    query("actor", "How the change came"),
    query("action", "create, update, delete, rotate, reset, release or reload"),
    query("resource", "key, team, customer, provider, model, budget, target, session, configuration or master key"),
    query("resource_id", "Its id"),
    ...FROM_TO,
    ...PAGE,
  ],
  responses: {
    "200": { description: "A page", content: body("AuditPage", { data: [SHOWN.audit], next: null }) },
    ...ERRORS("400", "401", "403"),
  },
};
