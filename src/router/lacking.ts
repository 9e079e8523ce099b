/**
 * What a target cannot honour of a call, where that makes another answer of it: tools, a required form, images and
 * files. A target that can is tried first; the smaller losses are only told in warnings.
 */
import type { Call } from "../canonical/call.ts";
import type { ChatRequest } from "../canonical/chat.ts";
import { GatewayError } from "../canonical/errors.ts";
import { fieldName, type NamedField } from "../dialects/field-names.ts";
import type { Candidate } from "./candidates.ts";
import { urlsToInline, withMedia } from "./inline-media.ts";

const DECISIVE: readonly NamedField[] = ["tools", "responseFormat", "imagePart", "filePart", "audioPart"];
/** Stands for bytes that will be fetched: that they come is not known yet. */
const TO_BE_FETCHED = { mediaType: "image/png", data: "" };

/**
 * The client's field that the candidate would lose, or undefined. Asked only where a call has a choice; the body is
 * formatted as it would be sent, so that no second table of abilities can differ from what the dialects do.
 */
export function lackingIn(call: Call, fetches: boolean): (candidate: Candidate) => string | undefined {
  const known = new Map<Candidate, string | undefined>();
  const decisive = new Set(DECISIVE.map((field) => fieldName(call.dialect, field)));
  return (candidate) => {
    if (!known.has(candidate))
      known.set(
        candidate,
        warningsOf(call, candidate, fetches, decisive).find((name) => decisive.has(name)),
      );
    return known.get(candidate);
  };
}

function warningsOf(
  call: Call,
  { dialect, provider, target }: Candidate,
  fetches: boolean,
  decisive: ReadonlySet<string>,
): readonly string[] {
  if (call.operation !== "chat") return [];
  const changes = { traits: provider.traits(target.model), stream: call.body.facts.stream };
  try {
    if (dialect.name === call.dialect) {
      if (!changes.traits.refuses?.some((field) => decisive.has(field))) return [];
      const direct = dialect.edits(call.body.json, changes);
      if (direct) return direct.warnings;
    }
    const request = call.body.chat();
    if (!asksForMore(request)) return [];
    const urls = fetches && dialect.name !== call.dialect ? urlsToInline(request, dialect, changes.traits) : [];
    const whole = urls.length === 0 ? request : withMedia(request, new Map(urls.map((url) => [url, TO_BE_FETCHED])));
    return dialect.formatRequest(whole, changes).warnings;
  } catch (error) {
    // What cannot be said at all is for the attempt to tell.
    if (error instanceof GatewayError) return [];
    throw error;
  }
}

/** Plain conversations, which are most, lose nothing anywhere: nothing is formatted to find that out. */
function asksForMore({ tools, responseFormat, messages }: ChatRequest): boolean {
  if (tools || responseFormat) return true;
  return messages.some(
    ({ content }) =>
      typeof content !== "string" &&
      content.some(({ type }) => type === "image" || type === "document" || type === "audio" || type === "tool-result"),
  );
}
