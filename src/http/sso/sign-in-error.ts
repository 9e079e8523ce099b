/** Why somebody could not sign in. What the browser is told hangs on the reason alone; the detail is for the log. */
export type SignInReason =
  | "expired"
  | "state"
  | "cancelled"
  | "unreachable"
  | "refused"
  | "invalid"
  | "mail_unverified"
  | "not_admitted"
  | "no_role"
  | "no_public_url";

export class SignInError extends Error {
  readonly reason: SignInReason;
  /** The account as its provider calls it, where it has been proved: shown to the person, who knows it. */
  readonly account: string | undefined;

  /** `detail` is for the log, and holds no secret. It is bounded and put on one line: others may have written it. */
  constructor(reason: SignInReason, detail: string, account?: string) {
    super(detail.slice(0, MAX_DETAIL_CHARACTERS).replace(/\p{C}/gu, " "));
    this.name = "SignInError";
    this.reason = reason;
    this.account = account;
  }
}

const MAX_DETAIL_CHARACTERS = 300;

/** A failure of a library or of the network in words, without what it carries: bodies and tokens may be in there. */
export function detailOf(thrown: unknown, clientSecret = ""): string {
  if (!(thrown instanceof Error)) return "unknown error";
  const { error, error_description: description } = thrown as { error?: unknown; error_description?: unknown };
  const code = (thrown as { code?: unknown }).code;
  const inner = thrown.cause instanceof Error ? thrown.cause.message : undefined;
  const parts = [code, error, description, thrown.message, inner].filter((part) => typeof part === "string");
  const text = [...new Set(parts)].join(": ");
  // A provider may quote what it refuses.
  return clientSecret === "" ? text : text.replaceAll(clientSecret, "…");
}
