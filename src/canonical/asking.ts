/** `Ask` for real: a call of our own, in OpenAI's dialect, served like any other. */
import type { Ask } from "./ask.ts";
import type { Incoming, ReceivedBody } from "./call.ts";
import type { ChatRequest, JsonObject } from "./chat.ts";
import type { Clock, Random } from "./deps.ts";
import { GatewayError } from "./errors.ts";
import { collect } from "./events.ts";
import type { Reply } from "./reply.ts";

const DIALECT = "openai-chat";
const REQUEST_ID_DIGITS = 24;

/** `serve` runs the pipeline; it knows such a call by its `origin`. */
export function createAsk(
  serve: (incoming: Incoming) => Promise<Reply>,
  { clock, random }: { clock: Clock; random: Random },
): Ask {
  return async (model, messages, { origin, timeoutMs, maxOutputTokens, temperature = 0 }) => {
    const abort = new AbortController();
    const request: ChatRequest = {
      operation: "chat",
      dialect: DIALECT,
      model,
      stream: false,
      messages: messages.map(({ role, content }) => ({ role, content })),
      temperature,
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    };
    const incoming: Incoming = {
      operation: "chat",
      dialect: DIALECT,
      path: `/internal/${origin}`,
      requestId: `req_${hexadecimal(random)}`,
      remoteAddress: "127.0.0.1",
      options: () => ({ fallback: true, explain: false, timeoutMs }),
      headers: {},
      read: async () => bodyOf(request),
      signal: abort.signal,
      origin,
    };
    const cancel = clock.after(timeoutMs, () => abort.abort());
    try {
      const text = await textOf(await serve(incoming));
      return { text, costNanoUsd: incoming.record?.costNanoUsd ?? null, requestId: incoming.requestId };
    } finally {
      cancel();
    }
  };
}

function bodyOf(request: ChatRequest): ReceivedBody {
  const { model, messages, temperature, maxOutputTokens } = request;
  const json = {
    model,
    messages: messages as unknown as JsonObject[],
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
  } satisfies JsonObject;
  return {
    bytes: new TextEncoder().encode(JSON.stringify(json)),
    json,
    facts: { model, stream: false, choices: 1, wantsUsage: false, ...(maxOutputTokens && { maxOutputTokens }) },
    chat: () => request,
  };
}

async function textOf({ pieces, reader }: Reply): Promise<string> {
  const read = reader();
  const events = [];
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    if (next.value.failure) throw new GatewayError("upstream_error", "The answer broke off.");
    events.push(...read(next.value));
  }
  const content = collect(events).choices[0]?.message.content ?? "";
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function hexadecimal(random: Random): string {
  let text = "";
  while (text.length < REQUEST_ID_DIGITS) text += Math.floor(random() * 16).toString(16);
  return text;
}
