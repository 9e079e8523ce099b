/** A known word under the master key, kept beside what is sealed: whoever opens it has the right key. */
import type { Seal } from "./seal.ts";

/** Its name among the store's settings, and its place under the seal. */
export const PROOF_SETTING = "master-key-proof";
const WORD = "evergate";

export function proofOf(seal: Seal): string {
  return seal.seal(Buffer.from(WORD), PROOF_SETTING);
}

export function opensProof(seal: Seal, proof: string): boolean {
  const plain = seal.open(proof, PROOF_SETTING);
  return plain !== undefined && Buffer.from(plain).toString() === WORD;
}
