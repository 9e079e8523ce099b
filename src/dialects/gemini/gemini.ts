/**
 * Gemini's `generateContent`, as spoken by Google's SDKs and by both of its hosts, AI Studio and Vertex. Wire facts:
 * ai.google.dev/api/generate-content and the types of @google/genai, read November 2026.
 */
import type { Dialect } from "../dialect.ts";
import { pathSegments } from "../path-segment.ts";
import { requestEdits } from "./edits.ts";
import { eventReader } from "./event-reader.ts";
import { formatError, formatStreamError } from "./format-error.ts";
import { formatRequest } from "./format-request.ts";
import { frameReader } from "./frame-reader.ts";
import { frameWriter } from "./frame-writer.ts";
import { inspectRequest } from "./inspect.ts";
import { parseError } from "./parse-error.ts";
import { parseRequest } from "./parse-request.ts";
import { formatReply, parseReply } from "./reply.ts";

export const gemini: Dialect = {
  name: "gemini",
  streamContentType: "text/event-stream; charset=utf-8",
  allowsComments: false,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  requestPath: (model, stream) => `/v1beta/${resourceOf(model)}:${methodOf(stream)}`,
  parseReply,
  formatReply,
  frameReader,
  eventReader,
  frameWriter,
  parseError,
  formatError,
  formatStreamError,
};

/** `alt=sse` always: without it a stream is one JSON list, which nothing can be told of before its end. */
export function methodOf(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}

function resourceOf(model: string): string {
  const name = /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
  return pathSegments(name);
}
