/** The building blocks of the descriptions in `operations.ts`. */
import { type TSchema, Type } from "@sinclair/typebox";
import type { SchemaName } from "./schemas.ts";

export interface Operation {
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required: true; content: Content };
  responses: Record<string, ResponseObject>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: TSchema;
}
type Content = Record<string, { schema: unknown; example?: unknown }>;
interface ResponseObject {
  description: string;
  content?: Content;
}

const ERROR_TEXTS: Record<string, string> = {
  "400": "The request is at fault; `param` names the field",
  "401": "No valid key or token",
  "402": "A budget is used up",
  "403": "The key or token may not do this",
  "404": "No such model or thing",
  "409": "It conflicts with what is there: an idempotency key with another body, a taken name, what the file declares",
  "412": "It has been changed since the ETag in If-Match",
  "413": "The body is larger than server.maxBodyBytes",
  "415": "The body is not uncompressed JSON",
  "429": "A limit is reached; `retry-after` says for how long",
  "500": "The gateway failed",
  "502": "Every target failed",
  "503": "No target is available, or the gateway is shutting down",
  "504": "Every target took too long",
};

export function body(name: SchemaName, example: unknown): Content {
  return { "application/json": { schema: reference(name), example } };
}

function reference(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

export function either(...names: SchemaName[]): unknown {
  return { oneOf: names.map(reference) };
}

export function text(summary: string, contentType: string, example: unknown): Operation {
  const schema = contentType === "application/json" ? Type.Object({}, { additionalProperties: true }) : Type.String();
  return {
    tags: ["operations"],
    summary,
    responses: { "200": { description: summary, content: { [contentType]: { schema, example } } } },
  };
}

export function errors(name: SchemaName, example: unknown): (...statuses: string[]) => Record<string, ResponseObject> {
  return (...statuses) =>
    Object.fromEntries(
      statuses.map((status) => [
        status,
        { description: ERROR_TEXTS[status] ?? "Refused", content: body(name, example) },
      ]),
    );
}

export function pathId(description: string): Parameter {
  return { name: "id", in: "path", required: true, description, schema: Type.String() };
}

export function query(name: string, description: string, schema: TSchema = Type.String()): Parameter {
  return { name, in: "query", description, schema };
}

export function callHeaders(): Parameter[] {
  const header = (name: string, description: string, schema: TSchema = Type.String()): Parameter => ({
    name,
    in: "header",
    description,
    schema,
  });
  return [
    header("x-evergate-cache", "off, refresh or only", choice("off", "refresh", "only")),
    header("x-evergate-fallback", "off: the first target only", choice("off")),
    header("x-evergate-continuation", "Whether a cut stream may go on elsewhere", choice("off", "resume")),
    header("x-evergate-timeout-ms", "Deadline of the whole call", Type.Integer({ minimum: 1, maximum: 86_400_000 })),
    header("x-evergate-user", "The end user"),
    header("x-evergate-session", "Groups calls of one session"),
    header("x-evergate-tags", "a=b,c=d"),
    header("x-evergate-explain", "1: keep the router's decision with the request", choice("1")),
    header("idempotency-key", "The same answer for ten minutes"),
    header("traceparent", "W3C trace context"),
  ];
}

function choice(...values: string[]): TSchema {
  return Type.Unsafe<string>({ type: "string", enum: values });
}
