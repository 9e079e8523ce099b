/** What the drill's clients of all ingress dialects have in common: the questions, and how an answer is written down. */
import type { Question } from "./client.ts";

/** What was read from one answer. */
export interface Transcript {
  text: string;
  tools: { id: string; name: string; arguments: string }[];
  finish?: string;
  /** The end mark of the dialect came; always true for a whole answer. */
  terminated: boolean;
  error?: { code: string; message: string };
  /** As the body names it. */
  model?: string;
  usage?: { input: number; output: number };
  /** Every id that named this answer. */
  ids: string[];
  /** A comment told that the stream goes on elsewhere. */
  seam?: string;
}

export interface Way {
  path: string;
  body(question: Question): Json;
  /** Takes in frame by frame. */
  reader(transcript: Transcript): (frame: string) => void;
  whole(body: Json): Transcript;
}

export type Json = Record<string, unknown>;

export const SYSTEM_PROMPT = "You are the drill's assistant; the watchword is lantern-7342.";
export const TOOL_NAME = "get_weather";
export const QUESTION = "What do the keepers do in winter?";
export const TOOL_QUESTION = `Please call the tool ${TOOL_NAME} for Zürich.`;
export const TOOL_RESULT = "12 degrees, fog";
export const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

export function note(transcript: Transcript, id: string | undefined, model: string | undefined): void {
  if (id && !transcript.ids.includes(id)) transcript.ids.push(id);
  if (model) transcript.model = model;
}

/** The data of a frame; comments have none. */
export function dataOf(frame: string): string | undefined {
  const lines = frame.split("\n").filter((line) => line.startsWith("data:"));
  return lines.length === 0 ? undefined : lines.map((line) => line.replace(/^data: ?/, "")).join("\n");
}
