/** GET /v1/models and /v1/models/{id}: what this key may ask for, in the shape of the client's vendor. */
import { GatewayError } from "../../canonical/errors.ts";
import { readLimit } from "../admin/query.ts";
import { speaksAnthropic, speaksGemini } from "../error-dialect.ts";
import type { Exchange } from "../exchange.ts";
import type { ModelEntry } from "../ports.ts";
import { decodeSegment, queryOf } from "../request-path.ts";
import { json } from "../respond.ts";
import { credentialOf } from "./credential.ts";
import { geminiModel, geminiPage } from "./gemini-models.ts";

export function listModels(exchange: Exchange): Response {
  const allows = allowedModels(exchange);
  const models = exchange.ports.models.list().filter(({ id }) => allows(id));
  const { path, request } = exchange;
  if (speaksGemini(path, request)) return json(exchange, geminiPage(models, queryOf(request.url)));
  return json(exchange, speaksAnthropic(path, request) ? anthropicPage(models, exchange) : openaiList(models));
}

export function getModel(exchange: Exchange): Response {
  const entry = modelInPath(exchange);
  const { path, request } = exchange;
  if (speaksGemini(path, request)) return json(exchange, geminiModel(entry));
  return json(exchange, speaksAnthropic(path, request) ? anthropicModel(entry) : openaiModel(entry));
}

/** The model that the path names; throws 404 where this key may not use it. */
function modelInPath(exchange: Exchange): ModelEntry {
  const allows = allowedModels(exchange);
  const { models } = exchange.ports;
  const id = decodeSegment(exchange.path.slice(exchange.path.indexOf("/models/") + "/models/".length)) ?? "";
  const entry = models.get(id);
  // A model this key may not use is as unknown as one that does not exist: its name is nobody else's business.
  if (!entry || !allows(id)) {
    const nearest = models.nearest(id);
    const hint = nearest !== undefined && nearest !== id && allows(nearest) ? ` Did you mean "${nearest}"?` : "";
    throw new GatewayError("model_not_found", `The model "${id}" does not exist.${hint}`, { param: "model" });
  }
  return entry;
}

function allowedModels({ ports, request, connection }: Exchange): (id: string) => boolean {
  const credential = credentialOf(request.headers.toJSON());
  const principal = ports.authenticate(credential, connection.remoteAddress(request));
  return (id) => ports.models.mayUse(id, principal.allows);
}

function openaiList(models: readonly ModelEntry[]): unknown {
  return { object: "list", data: models.map(openaiModel) };
}

function openaiModel({ id, createdSeconds, ownedBy }: ModelEntry): unknown {
  return { id, object: "model", created: createdSeconds, owned_by: ownedBy };
}

/** Anthropic's lists page by id. Without `limit` everything fits on one page: there are few models. */
function anthropicPage(models: readonly ModelEntry[], { request }: Exchange): unknown {
  const query = queryOf(request.url);
  const limit = readLimit(query.get("limit") ?? undefined, models.length || 1);
  const after = query.get("after_id") ?? undefined;
  const before = query.get("before_id") ?? undefined;
  let start = 0;
  let end = models.length;
  if (after !== undefined) start = models.findIndex(({ id }) => id === after) + 1;
  if (before !== undefined) end = models.findIndex(({ id }) => id === before);
  if (end < 0) end = models.length;
  const matching = models.slice(start, end);
  const page = before === undefined ? matching.slice(0, limit) : matching.slice(-limit);
  return {
    data: page.map(anthropicModel),
    has_more: page.length < matching.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function anthropicModel({ id, createdSeconds }: ModelEntry): unknown {
  return { type: "model", id, display_name: id, created_at: new Date(createdSeconds * 1_000).toISOString() };
}
