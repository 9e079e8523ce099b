/** The body of one attempt: the client's own bytes with edits where both sides speak one dialect, else translated. */
import type { Call } from "../canonical/call.ts";
import type { ChatRequest, JsonObject } from "../canonical/chat.ts";
import { type Failure, GatewayError } from "../canonical/errors.ts";
import type { BodyChanges, Dialect, TargetTraits } from "../dialects/dialect.ts";
import type { OperationWire, PreparedOperation } from "../dialects/operations/operation.ts";
import { splice } from "../dialects/splice.ts";
import { withFittingNames } from "../dialects/tool-names.ts";

export interface PreparedBody {
  bytes: Uint8Array;
  /** Fields of the client's dialect that this target cannot honour. */
  warnings: string[];
}

const encoder = new TextEncoder();

/** What a continuation sends instead of the client's request. */
export interface BodyOverride {
  request: ChatRequest;
  /** Vendor fields that have no place in the canonical form. */
  amend?(body: JsonObject): void;
}

/** Throws GatewayError("invalid_request") when the request cannot be said in the target's dialect at all. */
export function prepareBody(call: Call, dialect: Dialect, changes: BodyChanges, override?: BodyOverride): PreparedBody {
  const { bodyEdits = [] } = changes.traits;
  if (dialect.name === call.dialect && !override) {
    const direct = dialect.edits(call.body.json, changes);
    if (direct) {
      const edits = bodyEdits.length === 0 ? direct.edits : [...direct.edits, ...bodyEdits];
      const bytes = edits.length === 0 ? call.body.bytes : splice(call.body.bytes, edits);
      return { bytes, warnings: direct.warnings };
    }
  }
  const request = withFittingNames(override?.request ?? call.body.chat(), dialect.name);
  const { body, warnings } = dialect.formatRequest(request, changes);
  override?.amend?.(body);
  return { bytes: splice(encoder.encode(JSON.stringify(body)), bodyEdits), warnings };
}

/** The body of an operation besides chat. What the target's form has no words for may be said to another target. */
export function prepareOperation(
  wire: OperationWire,
  { body }: Call,
  traits: TargetTraits,
): PreparedOperation | { unsupported: Failure } {
  try {
    return wire.prepare(body, traits);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { message, param } = error;
    return { unsupported: { class: "unsupported", message, ...(param !== undefined && { param }) } };
  }
}
