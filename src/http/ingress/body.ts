/**
 * Reads a JSON body within bounds. The size is refused before it is read where the client says it, and while it is
 * read where it does not; the shape (depth, a key twice) is judged on the bytes before anything is built from them.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { JSON_MAX_DEPTH, outline } from "../../dialects/json-spans.ts";
import { formFields } from "../../dialects/operations/audio.ts";
import type { RequestHeaders } from "./credential.ts";
import { offsetOfJsonFault } from "./json-error.ts";
import { shapeOf } from "./json-shape.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true });

export interface JsonBody {
  /** As received. */
  bytes: Uint8Array;
  json: JsonObject;
  /** Set on forms. */
  contentType?: string;
}

/** Throws GatewayError: 400, 413 or 415. */
export async function readJsonBody(request: Request, headers: RequestHeaders, maxBytes: number): Promise<JsonBody> {
  checkMediaType(headers);
  const bytes = await readBytes(request, headers, maxBytes);
  return { bytes, json: parseObject(bytes) };
}

/** A form with a file, which is kept whole for a second target, and so within the same bounds. Throws GatewayError. */
export async function readFormBody(request: Request, headers: RequestHeaders, maxBytes: number): Promise<JsonBody> {
  const contentType = headers["content-type"] ?? "";
  if (!/^multipart\/form-data\b/i.test(contentType))
    throw new GatewayError(
      "unsupported_media_type",
      `The body must be a form with content-type "multipart/form-data"; the request has "${contentType.slice(0, 100)}".`,
    );
  checkEncoding(headers);
  const bytes = await readBytes(request, headers, maxBytes);
  return { bytes, json: formFields(bytes, contentType), contentType };
}

async function readBytes(request: Request, headers: RequestHeaders, maxBytes: number): Promise<Uint8Array> {
  const declared = headers["content-length"];
  if (declared !== undefined) checkLength(declared, maxBytes);
  try {
    return await (declared === undefined ? readBounded(request, maxBytes) : request.bytes());
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError("client_closed", "The connection ended before the body was complete.", { cause });
  }
}

/**
 * Only JSON. A request without content-type is refused too: a web page can send one to a gateway on loopback without
 * the browser asking first, while `application/json` makes it ask (CORS preflight), which is not granted.
 */
function checkMediaType(headers: RequestHeaders): void {
  const type = headers["content-type"];
  if (type !== "application/json" && !isJson(type)) {
    const what = type === undefined ? "no content-type" : `content-type "${type.slice(0, 100)}"`;
    throw new GatewayError(
      "unsupported_media_type",
      `The body must be JSON with content-type "application/json"; the request has ${what}.`,
    );
  }
  checkEncoding(headers);
}

function checkEncoding(headers: RequestHeaders): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity")
    throw new GatewayError(
      "unsupported_media_type",
      `Compressed bodies are not accepted: send the body without content-encoding "${encoding.slice(0, 100)}".`,
    );
}

function isJson(type: string | undefined): boolean {
  const essence = type?.split(";", 1).join("").trim().toLowerCase();
  return essence === "application/json" || (essence?.startsWith("application/") === true && essence.endsWith("+json"));
}

function checkLength(declared: string, maxBytes: number): void {
  // Bun refuses two different values itself and joins two equal ones; which body an intermediary has seen is unknown.
  if (declared.includes(","))
    throw new GatewayError("invalid_request", "The request has more than one Content-Length.", {
      param: "content-length",
    });
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes);
}

/** A chunked body has no declared length: it is counted as it comes and left where the bound is crossed. */
async function readBounded(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, total);
    total += value.byteLength;
    if (total > maxBytes) {
      void reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError("request_too_large", `The body is larger than ${maxBytes} bytes (server.maxBodyBytes).`);
}

function parseObject(bytes: Uint8Array): JsonObject {
  if (bytes.byteLength === 0)
    throw new GatewayError("invalid_request", "The body is empty; a JSON object is expected.");
  const { depth, members } = shapeOf(bytes);
  if (depth > JSON_MAX_DEPTH)
    throw new GatewayError("invalid_request", `The body nests deeper than ${JSON_MAX_DEPTH} levels.`);
  const json = parseJson(bytes);
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new GatewayError("invalid_request", "The body must be a JSON object.");
  // The parser keeps one of two members with the same key, however the key is written: then there are fewer.
  if (Object.keys(json).length !== members) {
    const param = outline(bytes).duplicate ?? "";
    throw new GatewayError("invalid_request", `The body has the key ${JSON.stringify(param)} twice.`, { param });
  }
  return json as JsonObject;
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = DECODER.decode(bytes);
  } catch (cause) {
    throw new GatewayError("invalid_request", "The body is not valid UTF-8.", { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("invalid_request", `The body is not valid JSON: ${describeFault(text)}`, { cause });
  }
}

function describeFault(text: string): string {
  const offset = offsetOfJsonFault(text);
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - before.lastIndexOf("\n");
  const where = `line ${line}, column ${column} (position ${offset})`;
  return offset >= text.length ? `it ends too early, at ${where}.` : `unexpected character at ${where}.`;
}
