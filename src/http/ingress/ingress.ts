/** One inference call over HTTP, whatever its dialect: request in, pipeline, reply or error out. */
import type { Operation, RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { failed } from "../../canonical/reply.ts";
import type { Dialect } from "../../dialects/dialect.ts";
import type { Exchange, Handler, LiveCall } from "../exchange.ts";
import { respond } from "../reply.ts";
import { errorResponse } from "../respond.ts";
import { type Received, receive } from "./incoming.ts";

export interface Ingress {
  dialect: Dialect;
  operation: Operation;
  /** The facts of a body of an operation besides chat. Throws GatewayError. */
  inspect?(body: JsonObject, path: PathFacts | undefined): RequestFacts;
  /** The body is a form with a file, not JSON. */
  takesForm?: boolean;
  /** The answer passes as it comes, of whatever type. */
  passesBytes?: boolean;
  /** What the URL says, in dialects that put it there. Throws GatewayError. */
  path?(exchange: Exchange): PathFacts;
  /** Another error in the place of this one, where the request shows what its sender meant. */
  explain?(error: unknown, exchange: Exchange): unknown;
}

export interface PathFacts {
  model: string;
  stream: boolean;
  /** A stream is wanted as one JSON list instead of events. */
  jsonArray?: boolean;
}

export function ingress(spec: Ingress): Handler {
  return (exchange) => {
    const { connection } = exchange;
    const received = receive(exchange, spec);
    const { promise, resolve } = Promise.withResolvers<Response>();
    let drained = false;
    const call: LiveCall = {
      end(error) {
        drained = true;
        received.incoming.record?.close(failed(error));
        connection.live.delete(call);
        resolve(refusal(exchange, spec, received, error));
      },
    };
    connection.live.add(call);
    answer(exchange, spec, received, call).then((response) => {
      if (drained) void response.body?.cancel();
      else resolve(response);
    });
    return promise;
  };
}

/** Never rejects. */
async function answer(exchange: Exchange, spec: Ingress, received: Received, call: LiveCall): Promise<Response> {
  const { connection, request, ports } = exchange;
  const { incoming } = received;
  try {
    const reply = await ports.serve(incoming);
    const { record } = incoming;
    const facts = received.body()?.facts;
    if (!record || !facts) throw new GatewayError("internal", "The gateway lost track of this request.");
    const jsonArray = received.path()?.jsonArray === true;
    const response = await respond(reply, { exchange, dialect: spec.dialect, facts, record, call, jsonArray });
    if (!facts.stream && !spec.passesBytes) {
      connection.live.delete(call);
      connection.restoreIdleTimeout(request);
    }
    return response;
  } catch (error) {
    connection.live.delete(call);
    connection.restoreIdleTimeout(request);
    return refusal(exchange, spec, received, error);
  }
}

function refusal(exchange: Exchange, spec: Ingress, received: Received, error: unknown): Response {
  const shown = spec.explain?.(error, exchange) ?? error;
  return errorResponse(exchange, spec.dialect, shown, { record: received.incoming.record });
}
