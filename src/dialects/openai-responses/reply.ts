/** Whole answers. */
import type { JsonObject, Part } from "../../canonical/chat.ts";
import type { Answer } from "../../canonical/events.ts";
import { MalformedReply, type WriterOptions } from "../dialect.ts";
import { isObject, textOf } from "../json-object.ts";
import { inBandFailure } from "../openai-chat/errors.ts";
import { streamFailure } from "./errors.ts";
import { formatOutput, parseOutput } from "./output-parts.ts";
import { attachSignatures } from "./signatures.ts";
import { asksForTools, formatStatus, parseFinish } from "./status.ts";
import { formatToolUsage, formatUsage, parseUsage } from "./usage.ts";

/** Throws MalformedReply for a failed response, an error inside a 200 and for what is no answer. */
export function parseReply(body: unknown): Answer {
  if (!isObject(body) || (isObject(body["error"]) && body["object"] !== "response"))
    throw new MalformedReply(inBandFailure(body));
  const { id, model, created_at: created, output, status } = body;
  if (status === "failed" || isObject(body["error"])) throw new MalformedReply(streamFailure({ response: body }));
  if (!Array.isArray(output)) throw malformed("The upstream's answer is not a response.");
  if (status !== undefined && status !== "completed" && status !== "incomplete")
    throw malformed(`The upstream's response is ${textOf(status)}, not completed.`);
  const parsed = parseOutput(output);
  const parts = attachSignatures(parsed.parts);
  const answer: Answer = {
    id: textOf(id),
    model: textOf(model),
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: parts },
        finish: parseFinish(body, asksForTools(output)),
        ...(parsed.logprobs.length > 0 && { logprobs: parsed.logprobs }),
      },
    ],
  };
  if (typeof created === "number") answer.createdSeconds = created;
  const usage = parseUsage(body);
  if (usage) answer.usage = usage;
  const extra = ownExtras(body);
  if (extra) answer.extra = extra;
  return answer;
}

/** Fields of the answer itself, not of its request, without a canonical name. */
export function ownExtras(response: JsonObject): JsonObject | undefined {
  const { service_tier: tier } = response;
  return typeof tier === "string" ? { service_tier: tier } : undefined;
}

function malformed(message: string): MalformedReply {
  return new MalformedReply({ class: "malformed", message });
}

export function formatReply(answer: Answer, options: WriterOptions): JsonObject {
  const choice = answer.choices[0];
  const content = choice?.message.content ?? [];
  const parts: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const finish = formatStatus(choice?.finish ?? { unified: "stop", raw: "" });
  const id = responseId(answer.id, options);
  const status = finish["status"] === "incomplete" ? "incomplete" : "completed";
  const body: JsonObject = {
    ...responseHead(id, answer.model, answer.createdSeconds ?? options.createdSeconds, options),
    ...ownExtras(answer.extra ?? {}),
    ...finish,
    output: formatOutput({ parts, logprobs: choice?.logprobs ?? [] }, itemIds(id), status),
  };
  if (answer.usage) Object.assign(body, { usage: formatUsage(answer.usage, options.costUsd?.()) });
  if (answer.usage) Object.assign(body, formatToolUsage(answer.usage));
  return body;
}

/** An id of this dialect stays; of any other answer the request's id names the response. */
export function responseId(id: string, { requestId }: Pick<WriterOptions, "requestId">): string {
  return id.startsWith("resp_") ? id : `resp_${requestId.replace(/^req_/, "")}`;
}

/** Names of items that are unique under their response. */
export function itemIds(responseId: string): (prefix: string) => string {
  const stem = responseId.replace(/^resp_/, "");
  let count = 0;
  return (prefix) => `${prefix}_${stem}_${count++}`;
}

/** All that a response shows besides its output; what its request said, else OpenAI's defaults. */
export function responseHead(id: string, model: string, createdSeconds: number, options: WriterOptions): JsonObject {
  return {
    id,
    object: "response",
    created_at: createdSeconds,
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_logprobs: 0,
    top_p: null,
    truncation: "disabled",
    usage: null,
    user: null,
    metadata: {},
    ...withoutNulls(options.echo),
  };
}

/** Null in a request means its default. */
function withoutNulls(echo: JsonObject | undefined): JsonObject {
  const shown: JsonObject = {};
  for (const [key, value] of Object.entries(echo ?? {})) if (value !== null) shown[key] = value;
  return shown;
}
