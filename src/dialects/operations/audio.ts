/** POST /audio/speech, whose answer is sound, and POST /audio/transcriptions, whose body is a form with a file. */
import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { splice } from "../splice.ts";
import { boundaryOf, formParts, replacePart } from "./multipart.ts";
import type { OperationWires } from "./operation.ts";
import { invalid, modelFacts, passing } from "./passing.ts";

const form = passing(() => {});

/** What comes passes as it comes: nothing of it is read. */
export const speech: OperationWires = {
  requestPath: (upstream) => (upstream === form.dialect ? "/audio/speech" : undefined),
  wire: (client, upstream) =>
    client === form.dialect && upstream === form.dialect
      ? {
          prepare({ bytes, json }, traits) {
            const { edits, warnings } = form.edits(json, traits);
            return { bytes: edits.length === 0 ? bytes : splice(bytes, edits), warnings };
          },
        }
      : undefined,
};

export const transcriptions: OperationWires = {
  requestPath: (upstream) => (upstream === form.dialect ? "/audio/transcriptions" : undefined),
  wire: (client, upstream) =>
    client === form.dialect && upstream === form.dialect
      ? {
          prepare({ bytes, contentType = "" }, { model }) {
            const part = partsOf(bytes, contentType).find(({ name }) => name === "model");
            return { bytes: part ? replacePart(bytes, part, model) : bytes, warnings: [], contentType };
          },
        }
      : undefined,
};

export function inspectSpeech(body: JsonObject): RequestFacts {
  const facts = modelFacts(body);
  const { input } = body;
  if (typeof input !== "string" || input === "") throw invalid("input", "'input' must be a non-empty string.");
  return facts;
}

export function inspectTranscription(body: JsonObject): RequestFacts {
  const facts = modelFacts(body);
  if (body["file"] === undefined) throw invalid("file", "Missing required parameter: 'file'.");
  return facts;
}

/** The fields of a form as JSON, a file by its name. Throws GatewayError: a field twice, or a broken form. */
export function formFields(bytes: Uint8Array, contentType: string): JsonObject {
  const fields: JsonObject = {};
  for (const { name, filename, start, end } of partsOf(bytes, contentType)) {
    const value = filename ?? new TextDecoder().decode(bytes.subarray(start, end));
    const list = name.endsWith("[]");
    // Which of two an upstream would take is unknown, and one of them has passed the allow-list.
    if (!list && Object.hasOwn(fields, name))
      throw invalid(name, `The form has the field ${JSON.stringify(name)} twice.`);
    const known = fields[name];
    fields[name] = list && Array.isArray(known) ? [...known, value] : list ? [value] : value;
  }
  return fields;
}

function partsOf(bytes: Uint8Array, contentType: string) {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined)
    throw new GatewayError("unsupported_media_type", "The body must be a form: multipart/form-data with a boundary.");
  const parts = formParts(bytes, boundary);
  if (!parts) throw new GatewayError("invalid_request", "The body is not a valid multipart/form-data form.");
  return parts;
}
