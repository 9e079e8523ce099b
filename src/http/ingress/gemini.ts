/**
 * POST /v1beta/models/{model}:generateContent, :streamGenerateContent, :countTokens, :embedContent and
 * :batchEmbedContents; below /v1 as well.
 */
import { GatewayError, toGatewayError } from "../../canonical/errors.ts";
import { gemini } from "../../dialects/gemini/gemini.ts";
import { inspectCount } from "../../dialects/operations/count-tokens.ts";
import { geminiEmbedClient } from "../../dialects/operations/embeddings/gemini-client.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { decodeSegment, queryOf } from "../request-path.ts";
import { ingress, type PathFacts } from "./ingress.ts";

const generate = ingress({ dialect: gemini, operation: "chat", path: pathFacts, explain });
const count = ingress({ dialect: gemini, operation: "count", path: pathFacts, explain, inspect: inspectCount });
const embed = ingress({
  dialect: gemini,
  operation: "embed",
  path: pathFacts,
  explain,
  inspect: geminiEmbedClient.inspect,
});

export const geminiIngress: Handler = (exchange) => {
  const method = /(?::|%3A)(\w+)$/i.exec(exchange.path)?.[1] ?? "";
  if (method === "countTokens") return count(exchange);
  return EMBED_METHODS.has(method) ? embed(exchange) : generate(exchange);
};

const EMBED_METHODS: ReadonlySet<string> = new Set(["embedContent", "batchEmbedContents"]);

const MODELS = "/models/";
const METHODS = new Set(["generateContent", "streamGenerateContent", "countTokens", ...EMBED_METHODS]);

/** The method follows the last colon: models of other makers have some in their names. */
function pathFacts({ path, request }: Exchange): PathFacts {
  const resource = decodeSegment(path.slice(path.indexOf(MODELS) + MODELS.length)) ?? "";
  const colon = resource.lastIndexOf(":");
  const model = resource.slice(0, Math.max(0, colon));
  const method = resource.slice(colon + 1);
  if (model === "" || !METHODS.has(method))
    throw new GatewayError(
      "not_found",
      "There is nothing at this path; the methods of a model are :generateContent, :streamGenerateContent, :countTokens, :embedContent and :batchEmbedContents.",
    );
  if (method !== "streamGenerateContent") return { model, stream: false };
  const alt = queryOf(request.url).get("alt");
  if (alt !== null && alt !== "sse" && alt !== "json")
    throw new GatewayError("invalid_request", 'The parameter alt must be "sse" or "json".', { param: "alt" });
  return { model, stream: true, jsonArray: alt !== "sse" };
}

/** A key in an address ends up in the logs of every proxy on its way, so it is not read there. */
function explain(error: unknown, { request }: Exchange): unknown {
  if (toGatewayError(error).code !== "invalid_api_key" || !queryOf(request.url).has("key")) return error;
  return new GatewayError(
    "invalid_api_key",
    "The key must be sent in the header x-goog-api-key or as a Bearer token; a key in the URL is not accepted.",
  );
}
