/** Builds what the pipeline gets of a request. Nothing is read or parsed before the pipeline asks for it. */
import type { Incoming, ReceivedBody } from "../../canonical/call.ts";
import type { ChatRequest } from "../../canonical/chat.ts";
import type { Exchange } from "../exchange.ts";
import { readFormBody, readJsonBody } from "./body.ts";
import { credentialOf, type RequestHeaders } from "./credential.ts";
import type { Ingress, PathFacts } from "./ingress.ts";
import { readOptions } from "./options.ts";

export interface Received {
  incoming: Incoming;
  /** The body once the pipeline has read it. */
  body(): ReceivedBody | undefined;
  /** What its URL says, from the same moment on. */
  path(): PathFacts | undefined;
}

export function receive(exchange: Exchange, spec: Ingress): Received {
  const { request, ports, connection } = exchange;
  const headers: RequestHeaders = request.headers.toJSON();
  const { dialect, operation } = spec;
  let path: PathFacts | undefined;
  let body: ReceivedBody | undefined;
  let address: string | undefined;
  let forwardable: Readonly<Record<string, string>> | undefined;
  const incoming: Incoming = {
    operation,
    dialect: dialect.name,
    path: exchange.path,
    requestId: exchange.requestId,
    credential: credentialOf(headers),
    // Asking the socket costs more than anything else here, so it is asked when somebody wants to know. That has to be
    // before the answer has gone: after it Bun no longer knows the socket.
    get remoteAddress() {
      address ??= connection.remoteAddress(request);
      return address;
    },
    options: () => readOptions(headers),
    get headers() {
      forwardable ??= forwardableHeaders(headers);
      return forwardable;
    },
    async read() {
      // Whoever has no key is told so first, whatever the path.
      path = spec.path?.(exchange);
      const { maxBodyBytes } = ports.settings();
      const { bytes, json, contentType } = spec.takesForm
        ? await readFormBody(request, headers, maxBodyBytes)
        : await readJsonBody(request, headers, maxBodyBytes);
      let chat: ChatRequest | undefined;
      body = {
        bytes,
        json,
        ...(contentType !== undefined && { contentType }),
        facts: spec.inspect ? spec.inspect(json, path) : dialect.inspect(json, path),
        chat() {
          chat ??= dialect.parseRequest(json, path);
          return chat;
        },
      };
      // From here on the upstream may think for as long as the deadlines allow; until here the idle timeout stands
      // against clients that send a body and never end it.
      connection.keepOpen(request);
      return body;
    },
    signal: request.signal,
  };
  return { incoming, body: () => body, path: () => path };
}

/** Never forwarded, whatever `forwardHeaders` says: credentials, the gateway's own, and what belongs to one hop. */
const WITHHELD = new Set([
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "proxy-authorization",
  "cookie",
  "host",
  "content-length",
  "content-encoding",
  "content-type",
  "transfer-encoding",
  "accept-encoding",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "idempotency-key",
]);

function forwardableHeaders(headers: RequestHeaders): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !WITHHELD.has(name) && !name.startsWith("x-evergate-")) kept[name] = value;
  }
  return Object.freeze(kept);
}
