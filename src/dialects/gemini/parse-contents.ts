import type { Json, JsonObject, Message, Part, ReasoningPart } from "../../canonical/chat.ts";
import { historyCallId } from "./call-ids.ts";
import { invalid } from "./inspect.ts";
import { isObject, rest } from "./json.ts";
import { type CallIds, parsePart } from "./parse-part.ts";

/** `contents` and the system instruction as a conversation. */
export function parseContents(contents: readonly Json[], instruction: Json | undefined): Message[] {
  const messages: Message[] = [];
  const calls = openCalls();
  if (instruction !== undefined && instruction !== null) {
    if (!isObject(instruction)) throw invalid("systemInstruction", "must be an object with parts");
    messages.push(parseContent(instruction, "system", "systemInstruction", calls.turn(-1)));
  }
  for (const [index, content] of contents.entries()) {
    const param = `contents[${index}]`;
    if (!isObject(content)) throw invalid(param, "must be an object with parts");
    messages.push(parseContent(content, roleOf(content["role"], param), param, calls.turn(index)));
  }
  return messages;
}

/** A content without a role is the user's; `function` is the name that results had in 2023. */
function roleOf(role: Json | undefined, param: string): Message["role"] {
  if (role === undefined || role === "" || role === "user") return "user";
  if (role === "model") return "assistant";
  if (role === "function" || role === "tool") return "tool";
  throw invalid(`${param}.role`, 'must be "user" or "model"');
}

function parseContent(content: JsonObject, role: Message["role"], param: string, ids: CallIds): Message {
  const { parts } = content;
  if (parts !== undefined && parts !== null && !Array.isArray(parts)) throw invalid(`${param}.parts`, "must be a list");
  const parsed = (parts ?? []).map((part, index): Part => {
    if (!isObject(part)) throw invalid(`${param}.parts[${index}]`, "must be an object");
    return parsePart(part, ids);
  });
  const extra = rest(content, ["role", "parts"]);
  const spelling: JsonObject = {};
  if (content["role"] !== (role === "assistant" ? "model" : "user")) spelling["role"] = content["role"] ?? null;
  if (parts === undefined || parts === null) spelling["parts"] = parts ?? false;
  return {
    role,
    content: joinForeignThoughts(parsed),
    ...(extra && { extra }),
    ...(Object.keys(spelling).length > 0 && { spelling }),
  };
}

/**
 * Thoughts reach a client in many parts and their signature in the last of them. Another maker's has to come back over
 * the whole text.
 */
function joinForeignThoughts(parts: Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    if (part.type === "reasoning" && part.signature && part.signature.origin !== "gemini") {
      let { text } = part;
      for (let last = joined.at(-1); isUnsignedThought(last); last = joined.at(-1)) {
        text = last.text + text;
        joined.pop();
      }
      joined.push({ ...part, text });
    } else joined.push(part);
  }
  return joined;
}

function isUnsignedThought(part: Part | undefined): part is ReasoningPart {
  return part?.type === "reasoning" && !part.signature && !part.redacted;
}

/** Calls without ids are told apart by their place, and results find theirs by name and order. */
function openCalls(): { turn(index: number): CallIds } {
  let open: { id: string; name: string }[] = [];
  return {
    turn(turn) {
      let fresh = false;
      let count = 0;
      return {
        ofCall(name, id) {
          if (!fresh) open = [];
          fresh = true;
          const made = id ?? historyCallId(turn, count);
          count += 1;
          open.push({ id: made, name });
          return made;
        },
        ofResult(name, id) {
          const at = open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
          if (at >= 0) return open.splice(at, 1)[0]!.id;
          if (id !== undefined) return id;
          count += 1;
          return historyCallId(turn, count - 1);
        },
      };
    },
  };
}
