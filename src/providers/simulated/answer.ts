/** What a simulated model says: deterministic, plausible, and plainly simulated. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { ContinuationManner, SimulatedOptions } from "./options.ts";
import type { WireAnswer, WireRequest, WireTool } from "./wire.ts";

const MAX_QUOTE_CHARACTERS = 400;
/** The words by which people ask for a tool. */
const ASKS_FOR_TOOL = /\b(tools?|function|call|use)\b/i;

export function composeAnswer(
  request: WireRequest,
  { name = "simulated", answer, continues }: SimulatedOptions,
  stamp: { id: string; createdSeconds: number },
): WireAnswer {
  const toolCalls = request.toolResults.length > 0 ? [] : callsOf(request, stamp.id);
  const thinking = request.thinks ? tokensOf("The user wants an answer; a simulated one will do.") : [];
  const resumed = answer !== undefined && continues ? continuationOf(request, answer, continues) : undefined;
  const full = toolCalls.length > 0 ? "" : (resumed ?? textOf(request, name, answer));
  const { text, stopSequence } = untilStop(full, request.stop);
  let tokens = tokensOf(text);
  let finish: WireAnswer["finish"] = toolCalls.length > 0 ? "tool-calls" : "stop";
  if (request.maxTokens !== undefined && tokens.length > request.maxTokens) {
    tokens = tokens.slice(0, request.maxTokens);
    finish = "length";
  }
  const callTokens = toolCalls.reduce((sum, call) => sum + tokensOf(call.arguments).length + 1, 0);
  return {
    ...stamp,
    model: request.model,
    thinking,
    text: tokens,
    toolCalls,
    finish,
    ...(stopSequence !== undefined && finish === "stop" && { stopSequence }),
    inputTokens: request.inputTokens,
    outputTokens: tokens.length + callTokens,
    thinkingTokens: thinking.length,
  };
}

/** Words with the space before them. */
function tokensOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** The same count for every dialect, so that usage can be compared across them. */
export function countTokens(text: string): number {
  return tokensOf(text).length;
}

function textOf(request: WireRequest, name: string, answer: string | undefined): string {
  const { prefill } = request;
  if (prefill !== undefined)
    return answer?.startsWith(prefill) ? answer.slice(prefill.length) : " (the simulated answer goes on from there)";
  if (answer !== undefined) return answer;
  if (request.toolResults.length > 0)
    return `This is a simulated answer from ${name} (${request.model}). The tool said: ${quote(request.toolResults.join(" "))}`;
  return (
    `This is a simulated answer from ${name} (${request.model}). You said: ${quote(request.lastUserText)} ` +
    "No model was asked and nothing was charged; add a real provider's key to get a real answer."
  );
}

/** Words in brackets on lines of their own. */
const QUOTED_TAIL = /^\[([\s\S]+)\]$/m;

/** What a model writes that was asked to go on after words it is shown; undefined when it was not. */
function continuationOf({ lastUserText }: WireRequest, answer: string, manner: ContinuationManner): string | undefined {
  const tail = QUOTED_TAIL.exec(lastUserText)?.[1];
  const at = tail === undefined ? -1 : answer.lastIndexOf(tail);
  if (tail === undefined || at < 0) return undefined;
  const rest = answer.slice(at + tail.length);
  switch (manner) {
    case "repeats-tail":
      return tail + rest;
    case "goes-on":
      return rest;
    case "introduces-and-repeats":
      return `Of course, here is the rest of my answer:\n\n${tail}${rest}`;
    case "introduces":
      return `Sure, continuing from where I left off:\n\n${rest.trimStart()}`;
    case "repeats-all":
      return answer;
    case "starts-over":
      return `${answer.slice(0, RESTART_CHARACTERS)} but in other words this time, as models do when they begin anew.`;
    default:
      return manner satisfies never;
  }
}

/** A new attempt at the same question often begins with the same words. */
const RESTART_CHARACTERS = 40;

function quote(text: string): string {
  const short = text.length > MAX_QUOTE_CHARACTERS ? `${text.slice(0, MAX_QUOTE_CHARACTERS)}…` : text;
  return `“${short.trim()}”`;
}

function untilStop(text: string, stops: readonly string[]): { text: string; stopSequence?: string } {
  let end = text.length;
  let stopSequence: string | undefined;
  for (const stop of stops) {
    const at = stop === "" ? -1 : text.indexOf(stop);
    if (at < 0 || at >= end) continue;
    end = at;
    stopSequence = stop;
  }
  return { text: text.slice(0, end), stopSequence };
}

/** All tools the prompt names, so that parallel calls can be asked for; else the first, when a tool is asked for. */
function callsOf(request: WireRequest, id: string): WireAnswer["toolCalls"] {
  const { tools, toolChoice, lastUserText } = request;
  if (tools.length === 0 || toolChoice === "none") return [];
  let chosen: readonly WireTool[];
  if (typeof toolChoice === "object") chosen = tools.filter((tool) => tool.name === toolChoice.name);
  else {
    chosen = tools.filter((tool) => lastUserText.includes(tool.name));
    if (chosen.length === 0 && (toolChoice === "required" || ASKS_FOR_TOOL.test(lastUserText)))
      chosen = tools.slice(0, 1);
  }
  const stem = id.replace(/[^A-Za-z0-9]/g, "").slice(-8);
  return chosen.map((tool, index) => ({
    id: `call_${stem}${index}`,
    name: tool.name,
    arguments: JSON.stringify(valueFor(tool.schema, lastUserText)),
  }));
}

/** A value that fits the common part of JSON Schema: the first choice, the required properties, plain types. */
function valueFor(schema: JsonObject, text: string): Json {
  if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return schema["enum"][0]!;
  switch (schema["type"]) {
    case "string":
      return text.slice(0, 40);
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "array":
      return [];
    case "null":
      return null;
    default: {
      const properties = (schema["properties"] ?? {}) as Record<string, JsonObject>;
      const required = Array.isArray(schema["required"]) ? (schema["required"] as string[]) : Object.keys(properties);
      return Object.fromEntries(required.map((name) => [name, valueFor(properties[name] ?? {}, text)]));
    }
  }
}
