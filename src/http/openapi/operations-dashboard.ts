/** What `/openapi.json` says of the dashboard and of what was made for it. */
import { Type } from "@sinclair/typebox";
import { ATTEMPT_GROUPS, STATS_BUCKETS } from "../../store/stats-ports.ts";
import { EXAMPLES } from "./examples.ts";
import { LAST_DAY } from "./list-parameters.ts";
import { body, errors, type Operation, pathId, query, text } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

export const home = text("The dashboard", "text/html", "<!doctype html>…");

export const page: Operation = {
  ...text("A page of the dashboard", "text/html", "<!doctype html>…"),
  description: "The same page for every path: which part of the dashboard it shows it reads from its address.",
  parameters: [pathId("A path of the dashboard.")],
};

export const asset: Operation = {
  ...text("A file of the dashboard", "text/javascript", "…"),
  parameters: [pathId("The file's name.")],
};
asset.responses = { ...asset.responses, ...ERRORS("404") };

export const about: Operation = {
  tags: ["admin"],
  summary: "The gateway's version, readiness, and whether everything is simulated",
  responses: {
    "200": {
      description: "As it is now",
      content: body("About", {
        version: "0.1.0",
        readiness: "ready",
        simulated: false,
        requires_key: true,
        now: "2026-01-12T13:00:00.000Z",
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};

export const attemptStats: Operation = {
  tags: ["admin"],
  summary: "Sums of upstream attempts: what each provider did, and where calls went instead",
  description:
    "Beside `/admin/stats`, which counts what clients saw: here every attempt counts, also the failed ones behind an answer that came from elsewhere. Grouped by `outcome` and `to` the rows tell what failed over, to which target and why. Kept as long as those of `/admin/stats`.",
  parameters: [
    ...LAST_DAY,
    query("bucket", `${STATS_BUCKETS.join(", ")}; absent: one row a group`),
    query("every", "That many buckets in one row", Type.Integer({ minimum: 1, maximum: 1_440 })),
    query(
      "group_by",
      `Comma list of ${ATTEMPT_GROUPS.join(", ")}. \`outcome\` is ok, cancelled, skipped or the reason of the failure; \`to\` the target that was tried next`,
    ),
    query("model", "Only this public model"),
    query("provider", "Only this provider"),
    query("failover", "`true`: only attempts after which another target was tried, and skips", Type.Literal("true")),
  ],
  responses: {
    "200": {
      description: "In the order of time and groups, at most 10,000 rows",
      content: body("AttemptStatsPage", {
        data: [
          {
            target: "openai/gpt-4o",
            outcome: "server",
            to: "claude/claude-sonnet-4-5",
            ok: 0,
            failed: 12,
            refused: 0,
            cancelled: 0,
            skipped: 0,
            first_token_p50_ms: null,
            first_token_p95_ms: null,
          },
        ],
        next: null,
        grain: "hour",
        from: "2026-01-12T13:00:00.000Z",
        to: "2026-01-12T14:00:00.000Z",
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};
