/**
 * What a client that speaks OpenAI's chat gets for one recorded answer: the product's own upstream call, error table,
 * reply writer and stream, over a `fetch` that returns the recording in the chunks given.
 */
import type { RequestFacts } from "../../src/canonical/call.ts";
import { openRecord } from "../../src/canonical/record.ts";
import type { Piece } from "../../src/canonical/reply.ts";
import { realClock } from "../../src/cli/real-deps.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import type { Exchange } from "../../src/http/exchange.ts";
import { type ReplyContext, respond } from "../../src/http/reply.ts";
import { errorResponse } from "../../src/http/respond.ts";
import { callUpstream } from "../../src/providers/call.ts";
import { exhausted } from "../../src/router/exhausted.ts";
import type { Case } from "./cases.ts";

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
}

export async function answered(recording: Case, chunks: readonly Uint8Array[]): Promise<Answered> {
  const response = await responseOf(recording, chunks);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function responseOf(recording: Case, chunks: readonly Uint8Array[]): Promise<Response> {
  const { name, status, headers, stream, model, request, provider } = recording;
  const dialect = DIALECTS.find((one) => one.name === recording.dialect)!;
  const context = contextOf(
    stream,
    (request?.["stream_options"] as { include_usage?: boolean })?.include_usage === true,
  );
  const failWith = (failure: NonNullable<Piece["failure"]>) =>
    errorResponse(
      context.exchange,
      openaiChat,
      exhausted(model, [{ failure, provider, target: name }], undefined, realClock),
      { record: context.record },
    );
  const sent = await callUpstream(
    {
      url: "http://upstream.test",
      headers: {},
      body: new Uint8Array(),
      dialect,
      vendor: provider,
      stream,
      signal: new AbortController().signal,
    },
    { clock: realClock, fetch: async () => new Response(streamOf(chunks), { status, headers: cleaned(headers) }) },
  );
  if ("failure" in sent) return failWith(sent.failure);

  // As an attempt does: nothing belongs to the client before content.
  const held: Piece[] = [];
  for (;;) {
    const { value } = await sent.pieces.next();
    if (!value) return failWith({ class: "malformed", message: "An answer without anything." });
    if (value.failure) return failWith(value.failure);
    held.push(value);
    if (value.mark === "content" || value.finish !== undefined) break;
  }
  const pieces: AsyncIterator<Piece, undefined> = {
    async next() {
      const value = held.shift();
      return value ? { done: false, value } : sent.pieces.next();
    },
  };
  try {
    return await respond(
      { dialect: dialect.name, form: sent.form, pieces, reader: () => dialect.eventReader() },
      context,
    );
  } catch (error) {
    return errorResponse(context.exchange, openaiChat, error, { record: context.record });
  }
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[at++];
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

/** What was compressed on the wire was recorded without. */
function cleaned(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(content-(encoding|length)|transfer-encoding)$/i.test(name)),
  );
}

function contextOf(stream: boolean, wantsUsage: boolean): ReplyContext {
  const call = { end() {} };
  const exchange = {
    request: new Request("http://gateway.test"),
    path: "/v1/chat/completions",
    requestId: "corpus",
    ports: { clock: realClock, log() {} },
    connection: { live: new Set([call]), restoreIdleTimeout() {}, keepOpen() {} },
  } as unknown as Exchange;
  const facts: RequestFacts = { model: "m", stream, choices: 1, wantsUsage };
  const init = { id: "corpus", operation: "chat", dialect: "openai-chat", path: "/v1/chat/completions" } as const;
  return { exchange, dialect: openaiChat, facts, record: openRecord(init, realClock, []), call, jsonArray: false };
}
