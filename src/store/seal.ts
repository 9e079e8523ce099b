/**
 * What is stored about conversations and credentials is sealed: AES-256-GCM with the operator's master key, a random
 * nonce for each value, and the place where it belongs as additional data, so that a value copied elsewhere in the
 * database does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export interface Seal {
  /** Base64 of version, nonce, tag and ciphertext. `place`: where it is kept, `answers/<id>`. */
  seal(plain: Uint8Array, place: string): string;
  /** Undefined when it was sealed with another key, for another place, or changed since. */
  open(sealed: string, place: string): Uint8Array | undefined;
}

export const MASTER_KEY_BYTES = 32;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `key`: 32 bytes. */
export function createSeal(key: Uint8Array): Seal {
  if (key.byteLength !== MASTER_KEY_BYTES) throw new RangeError(`a master key has ${MASTER_KEY_BYTES} bytes`);
  return {
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes[0] !== VERSION || bytes.byteLength < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
      const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place)).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
