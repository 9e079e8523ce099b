/**
 * The one route table: what is not listed here does not exist (404), whatever else is registered. Path -> role; the
 * role is enforced in `guard.ts`, the texts are what `/openapi.json` shows.
 */
import type { RecordKind } from "../config/dynamic/record-body.ts";
import type { RoutingKind } from "../config/dynamic/routing-view.ts";
import { showAbout } from "./admin/about.ts";
import { listAlertRules, listAlerts, testAlert } from "./admin/alerts.ts";
import { showAttemptStats } from "./admin/attempt-stats.ts";
import { listAudit } from "./admin/audit.ts";
import { listBudgets, releaseBudget, resetBudget } from "./admin/budgets.ts";
import { countEntries, explainCache, purgeCache, showCache } from "./admin/cache.ts";
import { checkConfig, reloadConfig, showConfig } from "./admin/config.ts";
import { listFeedback, listScores, showEvals } from "./admin/evals.ts";
import { type RecordHandlers, recordHandlers, rotateKey } from "./admin/records.ts";
import { exportRequests } from "./admin/request-export.ts";
import { watchRequests } from "./admin/request-live.ts";
import { getRequest, listRequests } from "./admin/requests.ts";
import { routingHandlers } from "./admin/routing.ts";
import { showStats } from "./admin/stats.ts";
import { changeTarget, listTargets } from "./admin/targets.ts";
import { showUsage } from "./admin/usage.ts";
import { dashboardAsset, dashboardPage } from "./dashboard.ts";
import { docsAsset, docsPage } from "./docs.ts";
import type { Handler } from "./exchange.ts";
import { feedback } from "./feedback.ts";
import type { RouteRole } from "./guard.ts";
import { live, ready } from "./health.ts";
import { home } from "./home.ts";
import { anthropicMessagesIngress } from "./ingress/anthropic-messages.ts";
import { geminiIngress } from "./ingress/gemini.ts";
import { getModel, listModels } from "./ingress/models.ts";
import { openaiChatIngress } from "./ingress/openai-chat.ts";
import { cancelResponse, deleteResponse, getResponse, openaiResponsesIngress } from "./ingress/openai-responses.ts";
import {
  completionsIngress,
  countTokensIngress,
  embeddingsIngress,
  imagesIngress,
  moderationsIngress,
  rerankIngress,
  speechIngress,
  transcriptionsIngress,
} from "./ingress/operations.ts";
import { metrics } from "./metrics.ts";
import type { Operation } from "./openapi/operation.ts";
import * as describe from "./openapi/operations.ts";
import * as describeAccess from "./openapi/operations-access.ts";
import * as describeCache from "./openapi/operations-cache.ts";
import * as describeDashboard from "./openapi/operations-dashboard.ts";
import * as describeMore from "./openapi/operations-inference.ts";
import * as describeLog from "./openapi/operations-log.ts";
import * as describeObserve from "./openapi/operations-observe.ts";
import * as describeResponses from "./openapi/operations-responses.ts";
import { routingOperations } from "./openapi/operations-routing.ts";
import * as describeSso from "./openapi/operations-sso.ts";
import { endSession, endSessions, logout, openSession, showSession } from "./sso/session.ts";
import { finishSignIn, startSignIn } from "./sso/sign-in.ts";

export interface Route {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** `*` at the end takes the rest of the path, slashes included. */
  path: string;
  role: RouteRole;
  /** Inference paths: what `server.corsOrigins` opens. */
  inference: boolean;
  handler: Handler;
  /** Its description in `/openapi.json`. */
  operation: Operation;
}

/** Google's SDKs ask below `/v1beta`, those since 3.0 (2026) below `/v1`. */
const GEMINI = ["/v1beta", "/gemini/v1beta", "/gemini/v1"];

export const ROUTES: readonly Route[] = [
  ...inference("POST", ["/v1", "/openai/v1"], "/chat/completions", openaiChatIngress, describe.chatCompletions),
  ...inference("POST", ["/v1", "/openai/v1"], "/completions", completionsIngress, describeMore.completions),
  ...inference("POST", ["/v1", "/openai/v1"], "/embeddings", embeddingsIngress, describeMore.embeddings),
  ...inference("POST", ["/v1", "/openai/v1"], "/moderations", moderationsIngress, describeMore.moderations),
  ...inference("POST", ["/v1", "/openai/v1"], "/rerank", rerankIngress, describeMore.rerank),
  ...inference("POST", ["/v1", "/openai/v1"], "/images/generations", imagesIngress, describeMore.images),
  ...inference("POST", ["/v1", "/openai/v1"], "/audio/speech", speechIngress, describeMore.speech),
  ...inference(
    "POST",
    ["/v1", "/openai/v1"],
    "/audio/transcriptions",
    transcriptionsIngress,
    describeMore.transcriptions,
  ),
  ...inference("POST", ["/v1", "/anthropic/v1"], "/messages", anthropicMessagesIngress, describe.messages),
  ...inference(
    "POST",
    ["/v1", "/anthropic/v1"],
    "/messages/count_tokens",
    countTokensIngress,
    describeMore.countTokens,
  ),
  ...inference("POST", ["/v1", "/openai/v1"], "/responses", openaiResponsesIngress, describeResponses.createResponse),
  ...inference("GET", ["/v1", "/openai/v1"], "/responses/*", getResponse, describeResponses.getResponse),
  ...inference("POST", ["/v1", "/openai/v1"], "/responses/*", cancelResponse, describeResponses.cancelResponse),
  ...inference("DELETE", ["/v1", "/openai/v1"], "/responses/*", deleteResponse, describeResponses.deleteResponse),
  ...inference("GET", ["/v1", "/openai/v1", "/anthropic/v1"], "/models", listModels, describe.listModels),
  ...inference("GET", ["/v1", "/openai/v1", "/anthropic/v1"], "/models/*", getModel, describe.getModel),
  ...inference("POST", [...GEMINI, "/v1"], "/models/*", geminiIngress, describe.generateContent),
  ...inference("GET", GEMINI, "/models", listModels, describe.listGeminiModels),
  ...inference("GET", GEMINI, "/models/*", getModel, describe.getGeminiModel),
  {
    method: "POST",
    path: "/v1/feedback",
    role: "key",
    inference: false,
    handler: feedback,
    operation: describeCache.feedback,
  },
  get("/", "open", home, describe.home),
  get("/health/live", "open", live, describe.live),
  get("/health/ready", "open", ready, describe.ready),
  get("/metrics", "metrics", metrics, describe.metrics),
  get("/openapi.json", "open", openApiDocument, describe.openApi),
  get("/docs", "open", docsPage, describe.docs),
  get("/docs/*", "open", docsAsset, describe.docsAsset),
  get("/ui", "open", dashboardPage, describeDashboard.home),
  get("/ui/*", "open", dashboardPage, describeDashboard.page),
  get("/ui/assets/*", "open", dashboardAsset, describeDashboard.asset),
  get("/admin/about", "team", showAbout, describeDashboard.about),
  get("/sso/session", "open", showSession, describeSso.showSession),
  post("/sso/session", "open", openSession, describeSso.openSession),
  remove("/sso/session", "session", endSession, describeSso.endSession),
  remove("/sso/sessions", "session", endSessions, describeSso.endSessions),
  get("/sso/logout", "open", logout, describeSso.logout),
  get("/sso/:id", "open", startSignIn, describeSso.startSignIn),
  get("/sso/:id/callback", "open", finishSignIn, describeSso.finishSignIn),
  get("/admin/requests", "team", listRequests, describe.listRequests),
  get("/admin/requests/export", "team", exportRequests, describeLog.exportRequests),
  get("/admin/requests/live", "team", watchRequests, describeLog.watchRequests),
  get("/admin/stats", "team", showStats, describeLog.showStats),
  get("/admin/stats/attempts", "viewer", showAttemptStats, describeDashboard.attemptStats),
  get("/admin/requests/:id", "team", getRequest, describe.getRequest),
  get("/admin/targets", "viewer", listTargets, describe.listTargets),
  post("/admin/targets/*", "admin", changeTarget, describe.changeTarget),
  get("/admin/config", "viewer", showConfig, describe.showConfig),
  post("/admin/config/check", "admin", checkConfig, describe.checkConfig),
  post("/admin/reload", "admin", reloadConfig, describe.reload),
  ...records("keys", "team"),
  post("/admin/keys/:id/rotate", "admin", rotateKey, describeAccess.rotateKey),
  ...records("teams", "viewer"),
  ...records("customers", "viewer"),
  ...routing("providers"),
  ...routing("models"),
  get("/admin/budgets", "team", listBudgets, describeAccess.listBudgets),
  post("/admin/budgets/:id/reset", "admin", resetBudget, describeAccess.resetBudget),
  post("/admin/budgets/:id/release", "admin", releaseBudget, describeAccess.releaseBudget),
  get("/admin/usage", "team", showUsage, describeAccess.showUsage),
  get("/admin/cache", "viewer", showCache, describeCache.showCache),
  get("/admin/cache/explain", "viewer", explainCache, describeCache.explainCache),
  get("/admin/cache/count", "admin", countEntries, describeCache.countEntries),
  remove("/admin/cache", "admin", purgeCache, describeCache.purgeCache),
  get("/admin/alerts", "viewer", listAlerts, describeObserve.listAlerts),
  get("/admin/alerts/rules", "viewer", listAlertRules, describeObserve.listAlertRules),
  post("/admin/alerts/test", "admin", testAlert, describeObserve.testAlert),
  get("/admin/evals", "viewer", showEvals, describeObserve.showEvals),
  get("/admin/evals/scores", "viewer", listScores, describeObserve.listScores),
  get("/admin/feedback", "viewer", listFeedback, describeObserve.listFeedback),
  get("/admin/audit", "viewer", listAudit, describeAccess.listAudit),
];

/** `readers`: who may look; only an admin changes anything. */
function records(kind: RecordKind, readers: RouteRole): Route[] {
  return collection(`/admin/${kind}`, readers, recordHandlers(kind), describeAccess.recordOperations(kind));
}

function routing(kind: RoutingKind): Route[] {
  return collection(`/admin/${kind}`, "viewer", routingHandlers(kind), routingOperations(kind));
}

function collection(
  path: string,
  readers: RouteRole,
  handlers: RecordHandlers,
  operations: Record<keyof RecordHandlers, Operation>,
): Route[] {
  const route = (method: Route["method"], at: string, role: RouteRole, name: keyof RecordHandlers): Route => ({
    method,
    path: at,
    role,
    inference: false,
    handler: handlers[name],
    operation: operations[name],
  });
  return [
    route("GET", path, readers, "list"),
    route("POST", path, "admin", "create"),
    route("GET", `${path}/:id`, readers, "get"),
    route("PATCH", `${path}/:id`, "admin", "update"),
    route("DELETE", `${path}/:id`, "admin", "delete"),
  ];
}

function inference(
  method: Route["method"],
  prefixes: readonly string[],
  path: string,
  handler: Handler,
  operation: Operation,
): Route[] {
  return prefixes.map((prefix) => ({
    method,
    path: prefix + path,
    role: "key",
    inference: true,
    handler,
    operation: prefix === prefixes[0] ? operation : { ...operation, summary: `${operation.summary} (under ${prefix})` },
  }));
}

function get(path: string, role: RouteRole, handler: Handler, operation: Operation): Route {
  return { method: "GET", path, role, inference: false, handler, operation };
}

function post(path: string, role: RouteRole, handler: Handler, operation: Operation): Route {
  return { method: "POST", path, role, inference: false, handler, operation };
}

function remove(path: string, role: RouteRole, handler: Handler, operation: Operation): Route {
  return { method: "DELETE", path, role, inference: false, handler, operation };
}

function openApiDocument({ openApi }: Parameters<Handler>[0]): Response {
  return new Response(openApi(), {
    headers: { "content-type": "application/json", "x-content-type-options": "nosniff", "cache-control": "no-cache" },
  });
}
