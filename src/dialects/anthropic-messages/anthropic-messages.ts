/**
 * Anthropic Messages, both as spoken by clients (Anthropic's SDKs, Claude Code) and by upstreams (Anthropic itself and
 * makers of compatible endpoints). Wire facts: docs.claude.com/en/api/messages, read November 2026.
 */
import type { Dialect } from "../dialect.ts";
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

export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  streamContentType: "text/event-stream; charset=utf-8",
  allowsComments: true,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  requestPath: () => "/v1/messages",
  parseReply,
  formatReply,
  frameReader,
  eventReader,
  frameWriter,
  parseError,
  formatError,
  formatStreamError,
};
