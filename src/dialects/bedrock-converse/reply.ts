/** Whole answers. They name neither model nor id. */
import type { JsonObject, Part } from "../../canonical/chat.ts";
import type { Answer } from "../../canonical/events.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { MalformedReply } from "../dialect.ts";
import { wrapSignature } from "../foreign-signature.ts";
import { isObject, otherMembers, textOf } from "../json-object.ts";
import { formatFinish, parseFinish } from "./finish.ts";
import { formatOwnBlock } from "./format-content.ts";
import { parseBlock } from "./parse-content.ts";
import { formatUsage, parseUsage } from "./usage.ts";

export function parseReply(body: unknown): Answer {
  const output = isObject(body) ? body["output"] : undefined;
  const message = isObject(output) ? output["message"] : undefined;
  const content = isObject(message) ? message["content"] : undefined;
  if (!isObject(body) || !Array.isArray(content) || !content.every(isObject))
    throw new MalformedReply({
      class: "malformed",
      message: "The upstream's answer is no answer of the Converse API.",
    });
  const parts = content.map((block) => {
    // Extra fields and spelling belong to requests; an answer that has crossed dialects goes without.
    const { extra: _extra, spelling: _spelling, ...part } = parseBlock(block);
    return part as Part;
  });
  const answer: Answer = {
    id: "",
    model: "",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: parts.filter((part) => part.type !== "text" || part.text !== "") },
        finish: parseFinish(textOf(body["stopReason"])),
      },
    ],
  };
  const usage = parseUsage(body["usage"]);
  if (usage) answer.usage = usage;
  const extra = otherMembers(body, ["output", "stopReason", "usage", "metrics"]);
  if (extra) answer.extra = extra;
  return answer;
}

export function formatReply(answer: Answer): JsonObject {
  const choice = answer.choices[0];
  const content = choice?.message.content ?? [];
  const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return {
    output: { message: { role: "assistant", content: parts.flatMap((part) => replyBlock(part) ?? []) } },
    stopReason: choice ? formatFinish(choice.finish) : "end_turn",
    usage: formatUsage(answer.usage ?? NO_USAGE),
    // An answer of another dialect has extras too, which mean nothing here.
    ...ownExtra(answer.extra),
  };
}

const OWN_FIELDS = ["trace", "additionalModelResponseFields", "performanceConfig", "serviceTier"];

function ownExtra(extra: JsonObject | undefined): JsonObject {
  return Object.fromEntries(Object.entries(extra ?? {}).filter(([key]) => OWN_FIELDS.includes(key)));
}

function replyBlock(part: Part): JsonObject | undefined {
  if (part.type === "opaque" && part.dialect !== "bedrock-converse") return undefined;
  if (part.type !== "reasoning") return formatOwnBlock(part);
  const carried = (signature: typeof part.signature) =>
    signature && { origin: "bedrock" as const, value: wrapSignature(signature, "bedrock") };
  return formatOwnBlock({ ...part, signature: carried(part.signature), redacted: carried(part.redacted) });
}
