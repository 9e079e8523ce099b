/**
 * Which conversation a call belongs to, as a number: calls with the same number are sent to the same target and key
 * while those keep up, so that the provider's prompt cache stays warm. A call has none where no cache can be warm;
 * then the shares of strategies and key weights stay exact.
 *
 * The leading parts of a body are found by the names they have in the dialects, without translating it: the answer only
 * steers traffic, and a call of one turn has to pass here in a microsecond.
 */
import type { Call } from "../canonical/call.ts";
import type { Json, JsonObject } from "../canonical/chat.ts";

export type Affinity = "prompt" | "session" | "off";

/** Providers cache no prompt under 1,024 tokens (OpenAI, Anthropic; Nov 2026). */
const MIN_CACHED_BYTES = 4_096;
/** Turns looked at for an answer of the model. */
const MAX_TURNS_SEEN = 64;

/** An unsigned 32-bit number, or undefined. */
export function affinityOf(call: Pick<Call, "principal" | "options" | "body">, mode: Affinity): number | undefined {
  if (mode === "off") return undefined;
  const { session } = call.options;
  if (session !== undefined) return hash(session, hash(call.principal.id, SESSION_SEED));
  if (mode === "session") return undefined;
  const { json, bytes } = call.body;
  const turns = turnsOf(json);
  const mayShare = bytes.byteLength >= MIN_CACHED_BYTES;
  if (!mayShare && !hasAnswer(turns)) return undefined;
  const prefix = prefixOf(json, turns);
  let number = hash(call.principal.id, PROMPT_SEED);
  for (const part of prefix) number = hash(part, number);
  if (prefix.reduce((sum, part) => sum + part.length, 0) >= MIN_CACHED_BYTES) return number;
  if (mayShare && !hasAnswer(turns)) return undefined;
  // A short prefix is shared by many conversations: the first question tells them apart.
  const first = turns.find((turn) => roleOf(turn) === "user");
  return first === undefined ? number : hash(textOf(first), number);
}

/** Rendezvous hashing: where a conversation belongs among `names`; the others don't move when one comes or goes. */
export function rendezvous(affinity: number, names: readonly string[], weights: readonly number[]): number {
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < names.length; i++) {
    const uniform = (hash(names[i]!, affinity) + 0.5) / 4_294_967_296;
    const score = -weights[i]! / Math.log(uniform);
    if (score > bestScore) [best, bestScore] = [i, score];
  }
  return best;
}

/** Kept apart, so that no session is named like a prompt. */
const SESSION_SEED = 1;
const PROMPT_SEED = 2;

function hash(text: string, seed: number): number {
  return Bun.hash.xxHash32(text, seed);
}

function turnsOf(json: JsonObject): readonly JsonObject[] {
  const turns = json["messages"] ?? json["contents"] ?? json["input"];
  return Array.isArray(turns) ? (turns as JsonObject[]) : [];
}

function roleOf(turn: JsonObject): Json | undefined {
  return turn?.["role"];
}

function hasAnswer(turns: readonly JsonObject[]): boolean {
  for (let i = Math.min(turns.length, MAX_TURNS_SEEN) - 1; i >= 0; i--) {
    const role = roleOf(turns[i]!);
    if (role === "assistant" || role === "model") return true;
  }
  return false;
}

/** System prompt and tools, as they stand in the body. */
function prefixOf(json: JsonObject, turns: readonly JsonObject[]): string[] {
  const parts: string[] = [];
  for (const name of ["system", "instructions", "systemInstruction", "system_instruction", "preamble", "tools"]) {
    const value = json[name];
    if (value !== undefined && value !== null) parts.push(typeof value === "string" ? value : JSON.stringify(value));
  }
  for (const turn of turns) {
    const role = roleOf(turn);
    if (role !== "system" && role !== "developer") break;
    parts.push(textOf(turn));
  }
  return parts;
}

function textOf(turn: JsonObject): string {
  const content = turn["content"] ?? turn["parts"];
  return typeof content === "string" ? content : JSON.stringify(content ?? null);
}
