/**
 * The ledger's hash chain: SHA-256 over the hash before and the row's content as a JSON array in a fixed order. The
 * writer and whoever verifies share this one function. The form is part of every ledger ever written: it never changes.
 */
export interface LedgerContent {
  position: number;
  atMs: number;
  requestId: string;
  attempt: number;
  keyId: string | null;
  keyName: string | null;
  team: string | null;
  customer: string | null;
  user: string | null;
  model: string;
  provider: string;
  targetModel: string;
  costNanoUsd: number;
  usage: string;
  estimated: boolean;
  windows: string;
}

/** The hash before the first row. */
export const GENESIS: Uint8Array = new Uint8Array(32);

export function ledgerHash(previous: Uint8Array, row: LedgerContent): Uint8Array {
  const content = JSON.stringify([
    row.position,
    row.atMs,
    row.requestId,
    row.attempt,
    row.keyId,
    row.keyName,
    row.team,
    row.customer,
    row.user,
    row.model,
    row.provider,
    row.targetModel,
    row.costNanoUsd,
    row.usage,
    row.estimated,
    row.windows,
  ]);
  return new Bun.CryptoHasher("sha256").update(previous).update(content).digest();
}
