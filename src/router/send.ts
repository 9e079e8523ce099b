/** One HTTP call of an attempt: signed, watched until it is connected, and its answer's head told to those who learn from it. */
import type { Call } from "../canonical/call.ts";
import type { PreparedOperation } from "../dialects/operations/operation.ts";
import { callUpstream, type UpstreamFailure, type UpstreamReply } from "../providers/call.ts";
import { readLimits } from "../providers/limits.ts";
import { NoCredentials, type Provider } from "../providers/provider.ts";
import type { AttemptContext } from "./attempt.ts";
import type { Flight } from "./flight.ts";
import type { Choice } from "./selection.ts";
import type { AttemptLimits } from "./timeouts.ts";

export interface Outgoing {
  url: string;
  bytes: Uint8Array;
  stream: boolean;
  limits: AttemptLimits;
  /** Set on operations besides chat. */
  operation?: PreparedOperation;
}

/** `headers` may be refused before anything is sent: that is a failure like any other. */
export async function sendOnce(
  call: Call,
  choice: Choice,
  flight: Flight,
  { url, bytes, stream, limits, operation }: Outgoing,
  context: AttemptContext,
): Promise<UpstreamReply | UpstreamFailure> {
  const { target, provider, dialect } = choice.candidate;
  flight.watchdog.arm(stream ? "first-token" : "response", limits.firstMs);
  const headers = await headersOf(provider, choice, { url, body: bytes, clientHeaders: call.headers });
  if (headers instanceof NoCredentials) return { failure: headers.failure };
  if (operation?.contentType !== undefined) headers["content-type"] = operation.contentType;
  const connected = context.connectivity.watch(url, limits.connectMs, () =>
    flight.giveUp({ class: "timeout", message: `${target.name} took no connection within ${limits.connectMs} ms.` }),
  );
  const sent = await callUpstream(
    {
      url,
      headers,
      body: bytes,
      dialect,
      ...(operation && { operation }),
      vendor: provider.type,
      stream,
      signal: flight.signal,
      freshConnection: choice.freshConnection,
      answeredOrigins: context.answeredOrigins,
    },
    provider.fetch ? { ...context.deps, fetch: provider.fetch } : context.deps,
  );
  connected();
  if ("failure" in sent) {
    if (sent.failure.status !== undefined) context.connectivity.answered(url);
    if (sent.limits) context.health.told(choice.channel, sent.limits, choice.ticket, sent.failure.status === 429);
    return sent;
  }
  context.connectivity.answered(url);
  flight.head(sent.status);
  const now = context.deps.clock.now();
  if (choice.channel.quota.wantsToKnow(now))
    context.health.told(choice.channel, readLimits(provider.type, sent.headers, undefined, now), choice.ticket, false);
  return sent;
}

async function headersOf(
  provider: Provider,
  { key }: Choice,
  request: Parameters<Provider["headers"]>[1],
): Promise<Record<string, string> | NoCredentials> {
  try {
    return await provider.headers(key, request);
  } catch (error) {
    if (error instanceof NoCredentials) return error;
    throw error;
  }
}
