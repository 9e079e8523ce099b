/** What Anthropic's Messages API refuses with a 400 before any model runs. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS = new Set([
  "model",
  "messages",
  "max_tokens",
  "cache_control",
  "container",
  "context_management",
  "inference_geo",
  "mcp_servers",
  "metadata",
  "output_config",
  "output_format",
  "service_tier",
  "speed",
  "stop_sequences",
  "stream",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
]);

const MIN_THINKING_TOKENS = 1024;

export function refuseAnthropicMessages(
  body: JsonObject,
  headers: Readonly<Record<string, string>>,
  strict: boolean,
): WireRefusal | undefined {
  if (headers["anthropic-version"] === undefined) return refusal("anthropic-version: header is required");
  if (typeof body["model"] !== "string") return refusal("model: Field required");
  if (body["max_tokens"] === undefined) return refusal("max_tokens: Field required");
  if (!Number.isInteger(body["max_tokens"]) || (body["max_tokens"] as number) < 1)
    return refusal("max_tokens: Input should be greater than or equal to 1");
  if (!Array.isArray(body["messages"])) return refusal("messages: Field required");
  if (body["messages"].length === 0) return refusal("messages: at least one message is required");
  const unknown = strict ? Object.keys(body).find((name) => !FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`${unknown}: Extra inputs are not permitted`);
  return refuseThinking(body) ?? refuseMessages(body["messages"] as JsonObject[], strict);
}

function refuseThinking(body: JsonObject): WireRefusal | undefined {
  const thinking = body["thinking"] as JsonObject | undefined;
  if (thinking?.["type"] !== "enabled") return undefined;
  const budget = thinking["budget_tokens"];
  if (typeof budget !== "number") return refusal("thinking.enabled.budget_tokens: Field required");
  if (budget < MIN_THINKING_TOKENS)
    return refusal(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${MIN_THINKING_TOKENS}`);
  if (budget >= (body["max_tokens"] as number))
    return refusal("`max_tokens` must be greater than `thinking.budget_tokens`.");
  if (body["temperature"] !== undefined && body["temperature"] !== 1)
    return refusal("`temperature` may only be set to 1 when thinking is enabled.");
  return undefined;
}

/**
 * Roles alternate from a user on (the API itself joins neighbours of one role; servers of Claude elsewhere refuse them,
 * and so does this one while strict), tool results answer the calls right before them and come first in their message,
 * thinking comes back with its own signature.
 */
function refuseMessages(messages: JsonObject[], strict: boolean): WireRefusal | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const role = message["role"];
    if (role !== "user" && role !== "assistant")
      return refusal(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    if (index === 0 && role !== "user") return refusal('messages: first message must use the "user" role');
    if (strict && index > 0 && messages[index - 1]!["role"] === role)
      return refusal(
        `messages: roles must alternate between "user" and "assistant", but found multiple "${role}" roles in a row`,
      );
    const blocks = Array.isArray(message["content"]) ? (message["content"] as JsonObject[]) : [];
    const wrong =
      role === "user"
        ? refuseResults(blocks, open, index)
        : refuseAssistant(message["content"], strict ? blocks : [], index);
    if (wrong) return wrong;
    open = new Set(blocks.filter((block) => block["type"] === "tool_use").map((block) => block["id"] as string));
  }
  if (open.size > 0 && messages.length > 1)
    return refusal(
      `messages.${messages.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...open].join(", ")}.`,
    );
  const last = messages.at(-1)!;
  if (last["role"] === "assistant" && typeof last["content"] === "string" && /\s$/.test(last["content"]))
    return refusal("messages: final assistant content cannot end with trailing whitespace");
  return undefined;
}

function refuseResults(blocks: JsonObject[], calls: ReadonlySet<string>, message: number): WireRefusal | undefined {
  const open = new Set(calls);
  let others = false;
  for (const [index, block] of blocks.entries()) {
    if (block["type"] !== "tool_result") {
      others = true;
      continue;
    }
    const id = block["tool_use_id"] as string;
    if (!open.delete(id))
      return refusal(
        `messages.${message}.content.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    if (others) return refusal(`messages.${message}: \`tool_result\` blocks must come first in their message`);
  }
  if (open.size === 0) return undefined;
  return refusal(
    `messages.${message - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...open].join(", ")}.`,
  );
}

function refuseAssistant(content: Json | undefined, blocks: JsonObject[], message: number): WireRefusal | undefined {
  if (content === "" || content === undefined) return refusal(`messages.${message}: content must not be empty`);
  for (const [index, block] of blocks.entries()) {
    if (block["type"] !== "thinking") continue;
    if (block["signature"] !== signatureOf(String(block["thinking"])))
      return refusal(`messages.${message}.content.${index}: Invalid \`signature\` in \`thinking\` block`);
  }
  return undefined;
}

/** A signature that binds the text, so that a changed or foreign one is found out. */
export function signatureOf(thinking: string): string {
  return `sim${new Bun.CryptoHasher("sha256").update(thinking).digest("base64").slice(0, 40)}`;
}

function refusal(message: string): WireRefusal {
  return { refused: "invalid_request", message };
}
