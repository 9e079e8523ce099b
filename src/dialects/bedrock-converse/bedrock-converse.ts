/**
 * Amazon Bedrock's Converse API, one form for the models of many makers. Model and streaming are in the path; streams
 * are binary. Wire facts: docs.aws.amazon.com/bedrock (API reference of Converse and ConverseStream), November 2026.
 */
import type { Dialect } from "../dialect.ts";
import { eventsOnPieces } from "../event-pieces.ts";
import { pathSegment } from "../path-segment.ts";
import { requestEdits } from "./edits.ts";
import { formatError, formatStreamError, parseError } from "./errors.ts";
import { formatRequest } from "./format-request.ts";
import { frameReader } from "./frame-reader.ts";
import { frameWriter } from "./frame-writer.ts";
import { inspectRequest } from "./inspect.ts";
import { parseRequest } from "./parse-request.ts";
import { formatReply, parseReply } from "./reply.ts";

export const bedrockConverse: Dialect = {
  name: "bedrock-converse",
  streamContentType: "application/vnd.amazon.eventstream",
  allowsComments: false,
  inspect: inspectRequest,
  parseRequest,
  formatRequest,
  edits: requestEdits,
  // The `:` of a version and the `/` of an ARN are part of the id, so both are encoded.
  requestPath: (model, stream) => `/model/${pathSegment(model)}/${stream ? "converse-stream" : "converse"}`,
  parseReply,
  formatReply,
  frameReader,
  eventReader: () => eventsOnPieces(frameReader),
  frameWriter,
  parseError,
  formatError,
  formatStreamError,
};
