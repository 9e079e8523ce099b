/** GET /: where things are, and a curl line that works as pasted. */
import type { Exchange } from "./exchange.ts";
import { baseHeaders } from "./reply-headers.ts";

/** What a Host header may look like to be shown back; anything else is not repeated. */
const PLAIN_HOST = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/i;

export function home(exchange: Exchange): Response {
  const { ports, request, requestId } = exchange;
  const host = request.headers.get("host") ?? "";
  const scheme = request.url.startsWith("https:") ? "https" : "http";
  const base = `${scheme}://${PLAIN_HOST.test(host) ? host : "127.0.0.1:4000"}`;
  const links = {
    dashboard: `${base}/ui`,
    documentation: `${base}/docs`,
    openapi: `${base}/openapi.json`,
    models: `${base}/v1/models`,
    ready: `${base}/health/ready`,
    metrics: `${base}/metrics`,
    requests: `${base}/admin/requests`,
  };
  const lines = [
    `Evergate ${ports.version}`,
    "",
    ...Object.entries(links).map(([name, url]) => `${name.padEnd(14)} ${url}`),
    "",
    "Try it:",
    curlLine(exchange, base),
    "",
  ];
  const headers = baseHeaders(requestId, "text/plain; charset=utf-8");
  headers["cache-control"] = "no-store";
  return new Response(lines.join("\n"), { headers });
}

function curlLine({ ports, request, connection }: Exchange, base: string): string {
  const model = ports.models.list()[0]?.id ?? "gpt-4o";
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  let key = "";
  try {
    ports.authenticate(undefined, connection.remoteAddress(request));
  } catch {
    key = ' -H "Authorization: Bearer $EVERGATE_KEY"';
  }
  return `curl ${base}/v1/chat/completions${key} -H 'content-type: application/json' -d ${shellQuoted(body)}`;
}

/** POSIX shells end a single-quoted text at the next quote, so a quote inside is closed, escaped and opened again. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
