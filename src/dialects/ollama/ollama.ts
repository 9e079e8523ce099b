/**
 * Ollama's own chat API: one JSON object a line. Wire facts: docs.ollama.com/api (chat, streaming, errors) and the
 * server's own types, read November 2026. Its fields are what Go's decoder takes: unknown ones are ignored there.
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

export const ollama: Dialect = {
  name: "ollama",
  streamContentType: "application/x-ndjson",
  allowsComments: false,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  requestPath: () => "/api/chat",
  parseReply,
  formatReply,
  frameReader,
  eventReader: () => eventsOnPieces(frameReader),
  frameWriter,
  parseError,
  formatError,
  formatStreamError,
};
