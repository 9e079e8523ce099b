/** Usage between Google's counts, in which cached tokens are part of the prompt, and disjoint buckets. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { totalInput, totalOutput, type Usage } from "../../canonical/usage.ts";
import { countOf, isObject, objectsOf, stringOf } from "./json.ts";

/**
 * Results of tools that Google runs are read by the model, so they are input. Thoughts stand beside the candidates, but
 * for some answers of Vertex, in which the total shows that they are inside.
 */
export function parseUsage(wire: Json | undefined): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const prompt = countOf(wire["promptTokenCount"]);
  const cacheRead = Math.min(prompt, countOf(wire["cachedContentTokenCount"]));
  const tools = countOf(wire["toolUsePromptTokenCount"]);
  const candidates = countOf(wire["candidatesTokenCount"]);
  const reasoning = countOf(wire["thoughtsTokenCount"]);
  const inside =
    reasoning > 0 && reasoning <= candidates && countOf(wire["totalTokenCount"]) === prompt + tools + candidates;
  const audioInput = Math.max(0, audioOf(wire["promptTokensDetails"]) - audioOf(wire["cacheTokensDetails"]));
  const audioOutput = Math.min(candidates, audioOf(wire["candidatesTokensDetails"]));
  const usage: Usage = {
    input: Math.max(0, prompt - cacheRead - audioInput) + tools,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: candidates - audioOutput - (inside ? reasoning : 0),
    reasoning,
  };
  if (audioInput > 0) usage.audioInput = audioInput;
  if (audioOutput > 0) usage.audioOutput = audioOutput;
  return usage;
}

export function formatUsage(usage: Usage): JsonObject {
  const prompt = totalInput(usage);
  const output = totalOutput(usage);
  const wire: JsonObject = {
    promptTokenCount: prompt,
    candidatesTokenCount: output - usage.reasoning,
    totalTokenCount: prompt + output,
  };
  if (usage.cacheRead > 0) wire["cachedContentTokenCount"] = usage.cacheRead;
  if (usage.reasoning > 0) wire["thoughtsTokenCount"] = usage.reasoning;
  if (usage.audioInput) wire["promptTokensDetails"] = details(prompt, usage.audioInput);
  if (usage.audioOutput) wire["candidatesTokensDetails"] = details(output - usage.reasoning, usage.audioOutput);
  return wire;
}

function audioOf(list: Json | undefined): number {
  return objectsOf(list)
    .filter((entry) => stringOf(entry["modality"]) === "AUDIO")
    .reduce((sum, entry) => sum + countOf(entry["tokenCount"]), 0);
}

function details(total: number, audio: number): JsonObject[] {
  const text = total - audio;
  const entries = [{ modality: "AUDIO", tokenCount: audio }];
  return text > 0 ? [{ modality: "TEXT", tokenCount: text }, ...entries] : entries;
}
