/** GET /admin/config, POST /admin/config/check, POST /admin/reload. */
import { GatewayError } from "../../canonical/errors.ts";
import { type Fault, faultText } from "../../config/fault.ts";
import type { Exchange } from "../exchange.ts";
import { actorOf } from "../guard.ts";
import { readJsonBody } from "../ingress/body.ts";
import { json } from "../respond.ts";
import { readQuery } from "./query.ts";

/** The effective configuration; the port has taken the secrets out. */
export function showConfig(exchange: Exchange): Response {
  readQuery(exchange.request.url, []);
  return json(exchange, exchange.ports.admin.config());
}

/** Takes a whole configuration as JSON, changes nothing. 200 in either case: faults are the answer, not a failure. */
export async function checkConfig(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const { request, ports } = exchange;
  const body = await readJsonBody(request, request.headers.toJSON(), ports.settings().maxBodyBytes);
  const faults = await ports.admin.checkConfig(body.json);
  return json(exchange, { ok: faults.length === 0, faults: faults.map(faultJson) });
}

/** Reads the configuration again. 400 with the faults where it is broken: the old one stays in force. */
export async function reloadConfig(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const faults = await exchange.ports.admin.reload(actorOf(exchange));
  const [first] = faults;
  if (first) {
    const more =
      faults.length > 1 ? ` (and ${faults.length - 1} more: POST /admin/config/check or \`evergate check\`)` : "";
    throw new GatewayError("invalid_request", `The configuration was not reloaded: ${faultText(first)}${more}`, {
      param: first.path,
    });
  }
  return json(exchange, { ok: true, faults: [] });
}

function faultJson({ file, path, message, nearest, line }: Fault): Record<string, unknown> {
  return { file: file ?? null, path, message, nearest: nearest ?? null, line: line ?? null };
}
