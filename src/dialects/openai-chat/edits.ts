import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges, TargetTraits } from "../dialect.ts";
import type { Edit } from "../splice.ts";
import { isNeutral, isObject, isString } from "./json.ts";
import { reasoningOf } from "./reasoning-quirks.ts";
import { fittingToolCallId } from "./tool-call-ids.ts";
import { keepsGoogleSignatures } from "./tool-call-quirks.ts";

/** What has to change in a client's own body for this target. Everything is an edit: nothing needs the canonical form. */
export function requestEdits(body: JsonObject, changes: BodyChanges): { edits: Edit[]; warnings: string[] } {
  const { traits } = changes;
  const edits: Edit[] = [];
  const warnings: string[] = [];
  if (body["model"] !== traits.model) edits.push({ op: "set", path: ["model"], value: traits.model });
  streamEdits(body, changes, edits);
  limitEdits(body, changes, edits);
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    edits.push({ op: "delete", path: [field] });
    if (!isNeutral(body[field])) warnings.push(field);
  }
  if (touchesMessages(traits) && Array.isArray(body["messages"]))
    for (const [index, message] of body["messages"].entries())
      if (isObject(message)) messageEdits(message, index, traits, edits);
  return { edits, warnings };
}

function streamEdits(body: JsonObject, { stream, traits }: BodyChanges, edits: Edit[]): void {
  const written = body["stream"] === true;
  if (written !== stream) edits.push({ op: "set", path: ["stream"], value: stream });
  const options = body["stream_options"];
  if (traits.streamOptions === false || (written && !stream)) {
    if (options !== undefined) edits.push({ op: "delete", path: ["stream_options"] });
  } else if (stream && !(isObject(options) && options["include_usage"] === true))
    edits.push({ op: "set", path: ["stream_options", "include_usage"], value: true });
}

const LIMITS = ["max_tokens", "max_completion_tokens"] as const;

function limitEdits(body: JsonObject, { traits, maxOutputTokens }: BodyChanges, edits: Edit[]): void {
  const { maxTokensField = "either" } = traits;
  const written = LIMITS.filter((key) => !isNeutral(body[key]));
  if (maxTokensField === "either") {
    if (maxOutputTokens === undefined) return;
    for (const key of written.length > 0 ? written : [LIMITS[0]])
      edits.push({ op: "set", path: [key], value: maxOutputTokens });
    return;
  }
  const other = maxTokensField === "max_tokens" ? "max_completion_tokens" : "max_tokens";
  // The newer name wins where a client writes both.
  const renamed = written.includes(other) && !(written.includes(maxTokensField) && other === "max_tokens");
  if (renamed) edits.push({ op: "rename", path: [other], to: maxTokensField });
  else if (body[other] !== undefined) edits.push({ op: "delete", path: [other] });
  if (maxOutputTokens !== undefined) edits.push({ op: "set", path: [maxTokensField], value: maxOutputTokens });
}

function touchesMessages(traits: TargetTraits): boolean {
  return (
    Boolean(traits.developerRole === false || traits.reasoningField || traits.toolCallIds) ||
    !keepsGoogleSignatures(traits)
  );
}

function messageEdits(message: JsonObject, index: number, traits: TargetTraits, edits: Edit[]): void {
  const at = (...path: (string | number)[]) => ["messages", index, ...path];
  if (message["role"] === "developer" && traits.developerRole === false)
    edits.push({ op: "set", path: at("role"), value: "system" });
  const answered = message["tool_call_id"];
  if (isString(answered) && fittingToolCallId(answered, traits) !== answered)
    edits.push({ op: "set", path: at("tool_call_id"), value: fittingToolCallId(answered, traits) });
  if (message["role"] !== "assistant") return;
  reasoningEdits(message, at, traits, edits);
  const calls = message["tool_calls"];
  if (!Array.isArray(calls)) return;
  for (const [position, call] of calls.entries()) {
    if (!isObject(call)) continue;
    const { id } = call;
    if (isString(id) && fittingToolCallId(id, traits) !== id)
      edits.push({ op: "set", path: at("tool_calls", position, "id"), value: fittingToolCallId(id, traits) });
    if (call["extra_content"] !== undefined && !keepsGoogleSignatures(traits))
      edits.push({ op: "delete", path: at("tool_calls", position, "extra_content") });
  }
}

const REASONING_FIELDS = ["reasoning_content", "reasoning", "reasoning_details"] as const;

function reasoningEdits(
  message: JsonObject,
  at: (...path: (string | number)[]) => (string | number)[],
  traits: TargetTraits,
  edits: Edit[],
): void {
  if (REASONING_FIELDS.every((field) => message[field] === undefined)) return;
  const wanted = reasoningOf(message, traits);
  for (const field of REASONING_FIELDS) {
    const value: Json | undefined = wanted[field];
    if (message[field] === undefined && value === undefined) continue;
    if (value === undefined) edits.push({ op: "delete", path: at(field) });
    else if (!sameValue(value, message[field])) edits.push({ op: "set", path: at(field), value });
  }
}

/** `reasoningOf` drops entries and renames fields, it never changes a value. */
function sameValue(wanted: Json, written: Json | undefined): boolean {
  if (Array.isArray(wanted) && Array.isArray(written)) return wanted.length === written.length;
  return wanted === written;
}
