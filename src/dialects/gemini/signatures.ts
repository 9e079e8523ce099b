/**
 * `thoughtSignature` is a bytes field: base64 in JSON, and Google's SDK for Python refuses anything else in a reply. So
 * another maker's signature, `eg1.<origin>.<original>`, travels as the base64 of that text.
 */
import type { Signature } from "../../canonical/chat.ts";
import { FOREIGN_PREFIX, unwrapSignature, wrapSignature } from "../foreign-signature.ts";

/** How base64 of `eg1.` begins. */
const FOREIGN_BASE64 = "ZWcxL";

/** Encrypted reasoning of another maker, told from a signature by a sign that base64 has not. */
const REDACTED = "redacted:";

/**
 * Google's documented words for a history that another model wrote ("Thought signatures", FAQ): Gemini 3 answers 400 to
 * a function call of the current turn without a signature, and takes these for one.
 */
export const SKIP_VALIDATION = "skip_thought_signature_validator";

export function formatSignature(signature: Signature): string {
  return signature.origin === "gemini"
    ? signature.value
    : Buffer.from(wrapSignature(signature, "gemini")).toString("base64");
}

export function formatRedacted(data: Signature): string {
  return formatSignature({ origin: data.origin, value: REDACTED + data.value });
}

/** Undefined for an empty one. `redacted` holds what was no signature but a whole block. */
export function parseSignature(wire: string): { signature?: Signature; redacted?: Signature } | undefined {
  const signature = unwrapSignature(textOf(wire), "gemini");
  if (!signature) return undefined;
  if (signature.origin === "gemini" || !signature.value.startsWith(REDACTED)) return { signature };
  return { redacted: { origin: signature.origin, value: signature.value.slice(REDACTED.length) } };
}

export function isForeignSignature(wire: unknown): boolean {
  if (typeof wire !== "string") return false;
  const parsed = isWrapped(wire) ? parseSignature(wire) : undefined;
  return parsed !== undefined && parsed.signature?.origin !== "gemini";
}

function textOf(wire: string): string {
  return wire.startsWith(FOREIGN_BASE64) ? Buffer.from(wire, "base64").toString() : wire;
}

function isWrapped(wire: string): boolean {
  return wire.startsWith(FOREIGN_BASE64) || wire.startsWith(FOREIGN_PREFIX);
}
