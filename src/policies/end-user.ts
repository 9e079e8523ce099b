/** Longer than any sensible name or id; the header has the same bound. */
const MAX_LENGTH = 256;

/**
 * The end user that a body names, as budgets, limits, ledger and log know them. Each keeps every name it has seen, so
 * one that is too long goes by its SHA-256: still one user, and no other.
 */
export function endUser(name: string | undefined): string | undefined {
  if (name === undefined || name.length <= MAX_LENGTH) return name;
  return `sha256:${new Bun.CryptoHasher("sha256").update(name).digest("hex")}`;
}
