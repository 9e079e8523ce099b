/**
 * Signatures and encrypted reasoning are bound to their maker. A dialect without a field for the origin carries a
 * foreign one as `eg1.<origin>.<original>`: clients hand it back unread, and on the way up it is restored for its maker
 * or removed for everybody else.
 */
import type { Signature, SignatureOrigin } from "../canonical/chat.ts";

export const FOREIGN_PREFIX = "eg1.";

/** Stands where reasoning has no signature at all but the client's dialect requires one. */
const UNSIGNED = "eg1.unsigned.";

const ORIGINS: readonly SignatureOrigin[] = [
  "anthropic",
  "gemini",
  "openai-responses",
  "openai-chat",
  "bedrock",
  "cohere",
  "mistral",
];

/** The wire form for a dialect whose own signatures have the origin `own`. */
export function wrapSignature(signature: Signature | undefined, own: SignatureOrigin): string {
  if (!signature) return UNSIGNED;
  return signature.origin === own ? signature.value : `${FOREIGN_PREFIX}${signature.origin}.${signature.value}`;
}

/** The canonical form of a wire signature; undefined for the mark of unsigned reasoning and for an empty string. */
export function unwrapSignature(wire: string, own: SignatureOrigin): Signature | undefined {
  if (wire === "" || wire === UNSIGNED) return undefined;
  if (wire.startsWith(FOREIGN_PREFIX)) {
    const dot = wire.indexOf(".", FOREIGN_PREFIX.length);
    const origin = ORIGINS.find((name) => name === wire.slice(FOREIGN_PREFIX.length, dot));
    if (origin) return { origin, value: wire.slice(dot + 1) };
  }
  return { origin: own, value: wire };
}
