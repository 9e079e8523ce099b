/** POST /v1/responses, and what is asked of stored ones below it. */
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { openaiResponses } from "../../dialects/openai-responses/openai-responses.ts";
import { replayResponse } from "../../dialects/openai-responses/replay.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { baseHeaders } from "../reply-headers.ts";
import { decodeSegment, queryOf } from "../request-path.ts";
import { errorResponse, json } from "../respond.ts";
import { credentialOf } from "./credential.ts";
import { ingress } from "./ingress.ts";

export const openaiResponsesIngress = ingress({ dialect: openaiResponses, operation: "chat" });

/** GET /v1/responses/{id}, streamed again with `stream=true`; GET /v1/responses/{id}/input_items */
export const getResponse: Handler = stored(async (exchange) => {
  const { principalId, id, below } = named(exchange);
  const query = queryOf(exchange.request.url);
  const { responses } = exchange.ports;
  if (below === "input_items")
    return json(exchange, pageOf(found(await responses.inputItems(principalId, id), id), query));
  if (below !== undefined) throw unknown(id);
  const response: JsonObject = found(await responses.get(principalId, id), id);
  if (query.get("stream") !== "true") return json(exchange, response);
  const headers = baseHeaders(exchange.requestId, openaiResponses.streamContentType);
  headers["cache-control"] = "no-store";
  return new Response(replayResponse(response, wholeNumber(query, "starting_after")) as BodyInit, { headers });
});

export const deleteResponse: Handler = stored(async (exchange) => {
  const { principalId, id, below } = named(exchange);
  if (below !== undefined || !(await exchange.ports.responses.delete(principalId, id))) throw unknown(id);
  return json(exchange, { id, object: "response", deleted: true });
});

/** POST /v1/responses/{id}/cancel. What is stored has been answered, so there is nothing that could be cancelled. */
export const cancelResponse: Handler = stored(async (exchange) => {
  const { principalId, id, below } = named(exchange);
  if (below !== "cancel") throw unknown(id);
  found(await exchange.ports.responses.get(principalId, id), id);
  throw new GatewayError(
    "invalid_request",
    "Cannot cancel a synchronous response: nothing is made in the background here. Close the connection to cancel.",
    { param: "response_id" },
  );
});

/** The promise of an inference handler never rejects. */
function stored(answer: (exchange: Exchange) => Promise<Response>): Handler {
  return (exchange) => answer(exchange).catch((error) => errorResponse(exchange, openaiResponses, error));
}

const RESPONSES = "/responses/";

function named({ ports, request, connection, path }: Exchange): { principalId: string; id: string; below?: string } {
  const credential = credentialOf(request.headers.toJSON());
  const principalId = ports.authenticate(credential, connection.remoteAddress(request)).id;
  const [id = "", ...below] = path.slice(path.indexOf(RESPONSES) + RESPONSES.length).split("/");
  return { principalId, id: decodeSegment(id) ?? "", ...(below.length > 0 && { below: below.join("/") }) };
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw unknown(id);
  return value;
}

/** Another key's response is as unknown as one that does not exist. */
function unknown(id: string): GatewayError {
  return new GatewayError("not_found", `Response with id '${id.slice(0, 100)}' not found.`, { param: "response_id" });
}

/** OpenAI's own bounds of a page. */
const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

/** Newest first unless asked otherwise; `after` is the last id of the page before. */
function pageOf(items: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw refused("order", 'must be "asc" or "desc"');
  const limit = wholeNumber(query, "limit") ?? DEFAULT_PAGE;
  if (limit < 1 || limit > MAX_PAGE) throw refused("limit", `must be a whole number from 1 to ${MAX_PAGE}`);
  const ordered = order === "asc" ? [...items] : items.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw refused("after", "is no item of this response");
  const data = ordered.slice(start, start + limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.["id"] ?? null,
    last_id: data.at(-1)?.["id"] ?? null,
    has_more: start + data.length < ordered.length,
  };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^[0-9]{1,9}$/.test(value)) throw refused(name, "must be a whole number");
  return Number(value);
}

function refused(name: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `The parameter '${name}' ${what}.`, { param: name });
}
