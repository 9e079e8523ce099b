/** Bodies of the admin API: small JSON objects, with the bounds and errors of the inference paths. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Exchange } from "../exchange.ts";
import { readJsonBody } from "../ingress/body.ts";

/** The largest sensible body is a key with some hundred models; a configuration to check has the server's own bound. */
const MAX_BODY_BYTES = 1_048_576;

export async function readBody({ request, ports }: Exchange): Promise<JsonObject> {
  const maxBytes = Math.min(MAX_BODY_BYTES, ports.settings().maxBodyBytes);
  return (await readJsonBody(request, request.headers.toJSON(), maxBytes)).json;
}

/** For actions whose fields all have a default: no body at all means none of them. */
export async function readOptionalBody(exchange: Exchange): Promise<JsonObject> {
  const { headers } = exchange.request;
  const empty = !headers.has("transfer-encoding") && (headers.get("content-length") ?? "0") === "0";
  return empty ? {} : readBody(exchange);
}
