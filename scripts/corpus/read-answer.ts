/** An OpenAI client's reading of an answer, whole or streamed, and the faults of form that it saw on the way. */
import { createParser } from "eventsource-parser";
import type { JsonObject } from "../../src/canonical/chat.ts";

export interface ReadAnswer {
  choices: ReadChoice[];
  usage: JsonObject | undefined;
  error: JsonObject | undefined;
  faults: string[];
}

export interface ReadChoice {
  text: string;
  reasoning: string;
  refusal: string;
  finish: string | undefined;
  calls: { id: string; name: string; arguments: string; custom?: { name: string; input: string } }[];
  functionCall: { name: string; arguments: string } | undefined;
  logprobs: string[];
}

interface WireCall {
  index?: number;
  id?: string;
  type?: string;
  function?: { name?: string; arguments?: string };
  custom?: { name?: string; input?: string };
}
interface WireDelta {
  role?: string;
  content?: string | null | { text?: string }[];
  reasoning_content?: string | null;
  reasoning?: string | null;
  refusal?: string | null;
  tool_calls?: WireCall[] | null;
  function_call?: { name?: string; arguments?: string } | null;
}
interface WireChoice {
  index: number;
  delta?: WireDelta;
  message?: WireDelta;
  finish_reason?: string | null;
  logprobs?: { content?: { token: string }[] | null } | null;
}
interface WireBody {
  id?: string;
  object?: string;
  choices?: WireChoice[];
  usage?: JsonObject | null;
  error?: JsonObject;
}

export function readWhole(text: string): ReadAnswer {
  const body = JSON.parse(text) as WireBody;
  const choices = (body.choices ?? []).map((choice) => {
    const read = newChoice();
    addDelta(read, choice.message ?? {}, choice, []);
    return read;
  });
  return { choices, usage: body.usage ?? undefined, error: body.error, faults: [] };
}

export function readStream(text: string, wantsUsage: boolean): ReadAnswer {
  const faults: string[] = [];
  const frames: string[] = [];
  createParser({ onEvent: ({ data }) => frames.push(data) }).feed(text);
  const done = frames.at(-1) === "[DONE]";
  const chunks = (done ? frames.slice(0, -1) : frames).map((data) => JSON.parse(data) as WireBody);
  const error = chunks.find((chunk) => chunk.error)?.error;
  const said = chunks.filter((chunk) => !chunk.error);
  if (!done && !error) faults.push("no [DONE]");
  if (said.some((chunk) => chunk.object !== "chat.completion.chunk")) faults.push("a chunk of another object");
  const ids = new Set(said.map((chunk) => chunk.id));
  if (ids.size > 1) faults.push(`ids ${[...ids]}`);
  const choices: ReadChoice[] = [];
  let usage: JsonObject | undefined;
  for (const [i, chunk] of said.entries()) {
    if (chunk.usage) {
      usage = chunk.usage;
      if (!wantsUsage) faults.push("usage that nobody asked for");
      if ((chunk.choices ?? []).length > 0 || i !== said.length - 1)
        faults.push("usage not in a last chunk of its own");
    }
    for (const choice of chunk.choices ?? []) readDelta(choice, choices, faults);
  }
  if (!error)
    for (const [i, choice] of choices.entries()) if (!choice?.finish) faults.push(`choice ${i} without a finish`);
  return { choices, usage, error, faults };
}

function readDelta(choice: WireChoice, choices: ReadChoice[], faults: string[]): void {
  const index = choice.index;
  const first = !choices[index];
  choices[index] ??= newChoice();
  const read = choices[index];
  if (first && choice.delta?.role !== "assistant") faults.push("a first delta without its role");
  if (choice.finish_reason && read.finish) faults.push("two finishes");
  addDelta(read, choice.delta ?? {}, choice, faults);
}

function newChoice(): ReadChoice {
  return {
    text: "",
    reasoning: "",
    refusal: "",
    finish: undefined,
    calls: [],
    functionCall: undefined,
    logprobs: [],
  };
}

function addDelta(read: ReadChoice, delta: WireDelta, choice: WireChoice, faults: string[]): void {
  const { content } = delta;
  read.text += Array.isArray(content) ? content.map((part) => part.text ?? "").join("") : (content ?? "");
  read.reasoning += delta.reasoning_content ?? delta.reasoning ?? "";
  read.refusal += delta.refusal ?? "";
  for (const [position, call] of (delta.tool_calls ?? []).entries()) {
    const inStream = choice.delta !== undefined;
    if (inStream && !Number.isInteger(call.index)) faults.push("a tool call without an integer index");
    const index = inStream ? (call.index ?? 0) : position;
    const known = read.calls[index];
    const { function: called, custom } = call;
    if (!known) {
      if (!call.id || !call.type || !(called?.name ?? custom?.name))
        faults.push("a first tool-call delta without id, type or name");
      read.calls[index] = {
        id: call.id ?? "",
        name: called?.name ?? "",
        arguments: called?.arguments ?? "",
        ...(custom && { custom: { name: custom.name ?? "", input: custom.input ?? "" } }),
      };
    } else {
      known.arguments += called?.arguments ?? "";
      if (known.custom) known.custom.input += custom?.input ?? "";
    }
  }
  const called = delta.function_call;
  if (called) {
    read.functionCall ??= { name: "", arguments: "" };
    read.functionCall.name += called.name ?? "";
    read.functionCall.arguments += called.arguments ?? "";
  }
  for (const token of choice.logprobs?.content ?? []) read.logprobs.push(token.token);
  if (choice.finish_reason) read.finish = choice.finish_reason;
}
