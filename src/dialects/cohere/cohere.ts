/**
 * Cohere's chat API, version 2. Wire facts: docs.cohere.com/reference/chat and /chat-stream, read November 2026, and
 * recorded answers where they differ from it.
 */
import type { Dialect } from "../dialect.ts";
import { eventsOnPieces } from "../event-pieces.ts";
import { requestEdits } from "./edits.ts";
import { formatError, formatStreamError, parseError } from "./errors.ts";
import { formatRequest } from "./format-request.ts";
import { frameReader } from "./frame-reader.ts";
import { frameWriter } from "./frame-writer.ts";
import { inspectRequest } from "./inspect.ts";
import { parseRequest } from "./parse-request.ts";
import { formatReply, parseReply } from "./reply.ts";

export const cohere: Dialect = {
  name: "cohere",
  streamContentType: "text/event-stream; charset=utf-8",
  allowsComments: true,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  requestPath: () => "/v2/chat",
  parseReply,
  formatReply,
  frameReader,
  eventReader: () => eventsOnPieces(frameReader),
  frameWriter,
  parseError,
  formatError,
  formatStreamError,
};
