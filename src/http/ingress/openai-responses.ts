/** POST /v1/responses, GET and DELETE /v1/responses/{id} */
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { openaiResponses } from "../../dialects/openai-responses/openai-responses.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { decodeSegment, queryOf } from "../request-path.ts";
import { errorResponse, json } from "../respond.ts";
import { credentialOf } from "./credential.ts";
import { ingress } from "./ingress.ts";

export const openaiResponsesIngress = ingress({ dialect: openaiResponses, operation: "chat" });

export const getResponse: Handler = stored(async (exchange) => {
  const { principalId, id } = named(exchange);
  if (queryOf(exchange.request.url).get("stream") === "true")
    throw new GatewayError("invalid_request", "A stored response cannot be streamed.", { param: "stream" });
  const response: JsonObject | undefined = await exchange.ports.responses.get(principalId, id);
  if (!response) throw unknown(id);
  return json(exchange, response);
});

export const deleteResponse: Handler = stored(async (exchange) => {
  const { principalId, id } = named(exchange);
  if (!(await exchange.ports.responses.delete(principalId, id))) throw unknown(id);
  return json(exchange, { id, object: "response", deleted: true });
});

/** The promise of an inference handler never rejects. */
function stored(answer: (exchange: Exchange) => Promise<Response>): Handler {
  return (exchange) => answer(exchange).catch((error) => errorResponse(exchange, openaiResponses, error));
}

const RESPONSES = "/responses/";

function named({ ports, request, connection, path }: Exchange): { principalId: string; id: string } {
  const credential = credentialOf(request.headers.toJSON());
  const principalId = ports.authenticate(credential, connection.remoteAddress(request)).id;
  const id = decodeSegment(path.slice(path.indexOf(RESPONSES) + RESPONSES.length)) ?? "";
  return { principalId, id };
}

/** Another key's response is as unknown as one that does not exist. */
function unknown(id: string): GatewayError {
  return new GatewayError("not_found", `Response with id '${id.slice(0, 100)}' not found.`, { param: "response_id" });
}
