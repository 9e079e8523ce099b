/**
 * OpenAI Responses, as spoken by clients (OpenAI's SDKs, Codex, agents) and by upstreams (OpenAI, Azure's v1 surface,
 * xAI). A request holds items instead of messages, an answer output items; what is kept under a response's id is the
 * business of `conversations/`, not of this format. Wire facts: platform.openai.com/docs/api-reference/responses and
 * recorded streams, November 2026.
 */
import type { Dialect } from "../dialect.ts";
import { adaptPiece } from "./adapt-piece.ts";
import { requestEdits } from "./edits.ts";
import { formatError, formatStreamError, parseError } from "./errors.ts";
import { eventReader } from "./event-reader.ts";
import { formatRequest } from "./format-request.ts";
import { frameReader } from "./frame-reader.ts";
import { frameWriter } from "./frame-writer.ts";
import { inspectRequest } from "./inspect.ts";
import { parseRequest } from "./parse-request.ts";
import { formatReply, parseReply } from "./reply.ts";

export const openaiResponses: Dialect = {
  name: "openai-responses",
  streamContentType: "text/event-stream; charset=utf-8",
  allowsComments: true,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  requestPath: () => "/responses",
  parseReply,
  formatReply,
  frameReader,
  eventReader,
  frameWriter,
  adaptPiece,
  parseError,
  formatError,
  formatStreamError,
};
