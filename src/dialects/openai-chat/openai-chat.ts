/** OpenAI Chat Completions, and what the many servers that call themselves compatible make of it. */
import type { Dialect } from "../dialect.ts";
import { adaptPiece } from "./adapt-piece.ts";
import { requestEdits } from "./edits.ts";
import { formatError, formatStreamError } from "./error-shape.ts";
import { parseError } from "./errors.ts";
import { eventReader } from "./event-reader.ts";
import { formatReply } from "./format-reply.ts";
import { formatRequest } from "./format-request.ts";
import { frameReader } from "./frame-reader.ts";
import { frameWriter } from "./frame-writer.ts";
import { inspectRequest } from "./inspect.ts";
import { parseReply } from "./parse-reply.ts";
import { parseRequest } from "./parse-request.ts";

export const openaiChat: Dialect = {
  name: "openai-chat",
  streamContentType: "text/event-stream; charset=utf-8",
  allowsComments: true,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  requestPath: () => "/chat/completions",
  parseReply,
  formatReply,
  frameReader,
  eventReader,
  frameWriter,
  adaptPiece,
  parseError: (status, _headers, body) => parseError(status, body),
  formatError,
  formatStreamError,
};
