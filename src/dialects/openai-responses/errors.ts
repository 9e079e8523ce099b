/** Errors have OpenAI's envelope on every path; in a stream they are two events, as OpenAI itself ends a broken one. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { ErrorView } from "../dialect.ts";
import { isObject, parseObject } from "../json-object.ts";
import { formatError as formatBody } from "../openai-chat/error-shape.ts";
import { inBandFailure, parseError as parseBody } from "../openai-chat/errors.ts";
import { sseFrame, sseFrames } from "../sse.ts";

export const formatError = formatBody;

/** Encrypted reasoning is bound to its maker: what one account cannot open another may, and a chat model needs none. */
export function parseError(status: number, _headers: Headers, body: string): Failure {
  const failure = parseBody(status, body);
  const unopened = failure.class === "invalid" && failure.upstreamCode === "invalid_encrypted_content";
  return unopened ? { ...failure, class: "unsupported" } : failure;
}

/** An `error` event, or the `response.failed` of a response that failed while it ran. */
export function streamFailure(event: JsonObject): Failure {
  const { response, error } = event;
  if (isObject(response) && isObject(response["error"])) return inBandFailure({ error: response["error"] });
  if (isObject(error)) return inBandFailure({ error });
  const { type: _type, sequence_number: _number, ...flat } = event;
  if (typeof flat["message"] === "string") return inBandFailure({ error: flat });
  return { class: "server", message: "The upstream's response failed without saying why." };
}

/** `error`, on which the SDKs throw, and the terminal event `response.failed`. Never a clean end. */
export function formatStreamError(view: ErrorView): Uint8Array {
  const { error } = view;
  const shape = formatBody(view)["error"] as JsonObject;
  const { response, sequence } = sentSoFar(view.sent);
  const { code, message } = error;
  const first = { type: "error", sequence_number: sequence, code, message, param: error.param ?? null, error: shape };
  const failed = {
    type: "response.failed",
    sequence_number: sequence + 1,
    response: {
      id: `resp_${view.requestId}`,
      object: "response",
      output: [],
      ...response,
      status: "failed",
      error: { code, message },
      usage: null,
    },
  };
  return Buffer.concat([sseFrame(JSON.stringify(first), "error"), sseFrame(JSON.stringify(failed), "response.failed")]);
}

/** Which response it is and where its numbering stands. */
function sentSoFar(sent: ErrorView["sent"]): { response: JsonObject; sequence: number } {
  const opening = sent && eventsIn(sent.first)[0]?.["response"];
  const last = sent && eventsIn(sent.last).at(-1)?.["sequence_number"];
  return {
    response: isObject(opening) ? opening : {},
    sequence: typeof last === "number" ? last + 1 : 0,
  };
}

function eventsIn(bytes: Uint8Array): JsonObject[] {
  const events: JsonObject[] = [];
  for (const { data } of sseFrames(bytes)) {
    const event = data === undefined ? undefined : parseObject(data);
    if (event) events.push(event);
  }
  return events;
}
