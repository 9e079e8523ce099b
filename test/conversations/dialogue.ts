/**
 * A dialogue whose provider changes at every turn. Each body is written by the product's dialects, judged by the strict
 * simulated provider as the real one would, and read back; each answer is written in the provider's own wire form, with
 * signatures that bind their content, and comes back to the client in the client's.
 */

import { refuse } from "../../scripts/conformance/strict.ts";
import type { JsonObject, Part, Signature } from "../../src/canonical/chat.ts";
import { type Answer, collect, replay } from "../../src/canonical/events.ts";
import { NO_USAGE } from "../../src/canonical/usage.ts";
import type { Dialect } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { signatureOf as anthropicSignature } from "../../src/providers/simulated/anthropic-messages-rules.ts";
import { signatureOf as bedrockSignature } from "../../src/providers/simulated/bedrock-converse-rules.ts";
import { signatureOf as geminiSignature } from "../../src/providers/simulated/gemini-rules.ts";
import { traitsOf, VENDORS } from "../../src/providers/vendors.ts";
import { eventsOf, OPTIONS, partsOf, piecesOf } from "../dialects/observe.ts";
import type { Client } from "./clients.ts";

export type ProviderName = keyof typeof MODELS;

export const MODELS = {
  openai: "gpt-4o",
  anthropic: "claude-sonnet-4-5",
  gemini: "gemini-3-flash-preview",
  bedrock: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
  cohere: "command-a-reasoning-08-2025",
  mistral: "mistral-large-latest",
} as const;

export interface Turn {
  provider: ProviderName;
  /** What the user says, unless results are due. */
  text: string;
  thinking: string;
  answer: string;
  /** Arguments of the calls the model makes. */
  calls: { name: string; city: string }[];
  stream: boolean;
}

/** What is wrong with the dialogue; empty when it survives. */
export function faultsOf(client: Client, turns: readonly Turn[]): string[] {
  const body = client.begin();
  const faults: string[] = [];
  const said: string[] = [];
  let due: { id: string; name: string }[] = [];
  for (const [index, turn] of turns.entries()) {
    const place = `turn ${index} at ${turn.provider}`;
    if (due.length > 0) {
      const results = due.map((call, i) => ({ ...call, output: `result ${index}.${i} of ${call.name}` }));
      client.results(body, results);
      said.push(...results.map(({ output }) => output));
    } else {
      client.say(body, turn.text);
      said.push(turn.text);
    }
    faults.push(...sent(client, body, turn, said).map((fault) => `${place}: ${fault}`));
    if (faults.length > 0) return faults;
    const reply = answered(client, turn, index);
    due = client.hear(body, structuredClone(reply));
    if (due.length !== turn.calls.length)
      return [`${place}: the client saw ${due.length} calls of ${turn.calls.length}`];
    if (turn.answer !== "") said.push(turn.answer);
    said.push(...turn.calls.map(({ name, city }) => `${name}(${city})`));
  }
  return faults;
}

function sent(client: Client, body: JsonObject, turn: Turn, said: readonly string[]): string[] {
  const from = dialectNamed(client.dialect);
  const vendor = VENDORS.get(turn.provider)!;
  const to = dialectNamed(vendor.dialect);
  const model = MODELS[turn.provider];
  const request = from.parseRequest(structuredClone(body), { model: "fast", stream: turn.stream });
  const traits = traitsOf(vendor, model);
  const { body: formatted } = to.formatRequest(request, { traits, stream: turn.stream });
  const refused = refuse(to.name, formatted, model);
  if (refused !== undefined) return [`refused: ${refused}`];
  const arrived = to.parseRequest(formatted, { model, stream: turn.stream });
  const parts = arrived.messages
    .filter(({ role }) => role !== "system" && role !== "developer")
    .flatMap(({ content }) => partsOf(content));
  const there = parts.flatMap(wordsOf);
  const faults: string[] = [];
  if (there.join("\n") !== said.join("\n"))
    faults.push(`another transcript: ${JSON.stringify(there)} instead of ${JSON.stringify(said)}`);
  const calls = new Set(parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])));
  for (const part of parts)
    if (part.type === "tool-result" && !calls.has(part.toolCallId))
      faults.push(`an orphaned result ${part.toolCallId}`);
  if (turn.provider === "mistral")
    for (const id of calls) if (!/^[a-zA-Z0-9]{9}$/.test(id)) faults.push(`an id that Mistral refuses: ${id}`);
  return faults;
}

function wordsOf(part: Part): string[] {
  switch (part.type) {
    case "text":
      return part.text === "" ? [] : [part.text];
    case "tool-call":
      return [`${part.name}(${(JSON.parse(part.arguments) as { city: string }).city})`];
    case "tool-result":
      return [partsOf(part.content).flatMap(wordsOf).join("")].map(unwrapped);
    default:
      return [];
  }
}

/** Gemini's results are JSON objects; how the text is wrapped is its dialect's affair. */
function unwrapped(text: string): string {
  if (!text.startsWith("{")) return text;
  const { output } = JSON.parse(text) as { output?: string };
  return output ?? text;
}

/** The provider's answer over its own wire, as the client gets it. */
function answered(client: Client, turn: Turn, index: number): JsonObject {
  const to = dialectNamed(VENDORS.get(turn.provider)!.dialect);
  const native = answerOf(turn, index);
  let answer: Answer;
  if (turn.stream) {
    const writer = to.frameWriter(OPTIONS);
    const bytes = Buffer.concat([...[...replay(native)].map((event) => writer.write([event])), writer.end()]);
    answer = collect(eventsOf(to, piecesOf(to, [bytes])));
  } else answer = to.parseReply(JSON.parse(JSON.stringify(to.formatReply(native, OPTIONS))));
  return JSON.parse(JSON.stringify(dialectNamed(client.dialect).formatReply(answer, OPTIONS))) as JsonObject;
}

function answerOf({ provider, thinking, answer, calls }: Turn, index: number): Answer {
  const content: Part[] = [];
  const signature = thinkingSignature(provider, thinking);
  if (thinking !== "" && provider !== "openai" && provider !== "mistral")
    content.push({ type: "reasoning", text: thinking, ...(signature && { signature }) });
  if (answer !== "") content.push({ type: "text", text: answer });
  for (const [i, { name, city }] of calls.entries()) {
    // Google signs the first call of a step alone.
    const value = geminiSignature({ name, args: { city } });
    content.push({
      type: "tool-call",
      id: idOf(provider, index, i),
      name,
      arguments: JSON.stringify({ city }),
      ...(provider === "gemini" && i === 0 && { signature: { origin: "gemini", value } satisfies Signature }),
    });
  }
  const finish = calls.length > 0 ? "tool-calls" : "stop";
  return {
    id: `reply-${index}`,
    model: MODELS[provider],
    createdSeconds: 1_700_000_000,
    choices: [{ index: 0, message: { role: "assistant", content }, finish: { unified: finish, raw: finish } }],
    usage: { ...NO_USAGE, input: 1, output: 1 },
  };
}

function thinkingSignature(provider: ProviderName, text: string): Signature | undefined {
  if (provider === "anthropic") return { origin: "anthropic", value: anthropicSignature(text) };
  if (provider === "bedrock") return { origin: "bedrock", value: bedrockSignature(text) };
  return undefined;
}

/** In the form that each provider gives its ids. */
function idOf(provider: ProviderName, turn: number, call: number): string {
  const stamp = `${turn}x${call}`.padStart(6, "0");
  const forms: Record<ProviderName, string> = {
    openai: `call_${stamp}AbCdEf`,
    anthropic: `toolu_01${stamp}`,
    gemini: `${stamp}gg`,
    bedrock: `tooluse_${stamp}-_x`,
    cohere: `get_weather_${stamp}`,
    mistral: `mst${stamp}`,
  };
  return forms[provider];
}

function dialectNamed(name: string): Dialect {
  return DIALECTS.find((dialect) => dialect.name === name)!;
}
