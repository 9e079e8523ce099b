/** The operations besides chat of simulated providers. Errors and keys are those of their dialect's chat. */
import type { JsonObject } from "../../canonical/chat.ts";
import { SIMULATED_EMBEDDINGS } from "./embeddings.ts";
import { SIMULATED_OTHERS } from "./media-operations.ts";
import type { WireDialect, WireRefusal } from "./wire.ts";

export type SimulatedAnswer = { json: JsonObject } | { contentType: string; bytes: Uint8Array };

export interface SimulatedOperation {
  dialect: string;
  /** Whether a path, without its query, is this operation's endpoint. */
  serves(path: string): boolean;
  /** The body is a form; files come as their text. */
  form?: boolean;
  /** Fields that the real provider knows; the strict one refuses any other. */
  fields: readonly string[];
  answer(body: JsonObject, path: string): SimulatedAnswer | WireRefusal;
}

const ALL: readonly SimulatedOperation[] = [...SIMULATED_EMBEDDINGS, ...SIMULATED_OTHERS];

/** With the chat of the same provider. */
export function simulatedOperation(
  path: string,
  wires: readonly WireDialect[],
): { operation: SimulatedOperation; wire: WireDialect } | undefined {
  for (const operation of ALL) {
    const wire = operation.serves(path) && wires.find(({ name }) => name === operation.dialect);
    if (wire) return { operation, wire };
  }
  return undefined;
}

/** What a strict provider says to a field it does not know. */
export function unknownField({ fields }: SimulatedOperation, body: JsonObject): WireRefusal | undefined {
  const field = Object.keys(body).find((name) => !fields.includes(name));
  if (field === undefined) return undefined;
  return { refused: "invalid_request", message: `Unrecognized request argument supplied: ${field}`, param: field };
}

/** The fields of a form, read by the platform; undefined when it is none. */
export async function formBody(bytes: Uint8Array, contentType: string | undefined): Promise<JsonObject | undefined> {
  try {
    const headers = { "content-type": contentType ?? "" };
    const form = await new Response(bytes as BodyInit, { headers }).formData();
    const fields: JsonObject = {};
    for (const [name, value] of form.entries())
      fields[name] = typeof value === "string" ? value : await (value as Blob).text();
    return fields;
  } catch {
    return undefined;
  }
}
