/**
 * Providers have been seen to repeat the key, or a header of the operator's, in the error they answer with. Their words
 * go to clients and into the log; what was sent with the request must not be among them.
 */
import type { Failure } from "../canonical/errors.ts";

/** Sent to everybody, and good to read in an error. */
const NO_SECRETS = new Set([
  "accept",
  "accept-encoding",
  "anthropic-beta",
  "anthropic-version",
  "content-type",
  "openai-beta",
  "traceparent",
  "user-agent",
]);
/** Nothing shorter is a secret, and taking it out would tear words apart. */
const MIN_SECRET_CHARACTERS = 8;
const HIDDEN = "[hidden]";

export type SentHeaders = Readonly<Record<string, string>>;

/** The upstream's words without any secret that was sent to it. */
export function hideSecrets(text: string, sent: SentHeaders): string {
  let result = text;
  for (const [name, value] of Object.entries(sent)) {
    if (NO_SECRETS.has(name.toLowerCase())) continue;
    // `Bearer KEY`, and the parts of a signature.
    for (const part of [value, ...value.split(/[\s,;=]+/)])
      if (part.length >= MIN_SECRET_CHARACTERS) result = result.replaceAll(part, HIDDEN);
  }
  return result;
}

export function withoutSecrets(failure: Failure, sent: SentHeaders): Failure {
  const message = hideSecrets(failure.message, sent);
  return message === failure.message ? failure : { ...failure, message };
}
