/** Secrets of virtual keys: `eg_` and 40 base62 characters, 238 random bits. */
const PREFIX = "eg_";
const RANDOM_CHARACTERS = 40;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Bytes from here on are thrown away: 256 is no multiple of 62, and a remainder would favour the first letters. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);
const SHOWN_CHARACTERS = 6;
const ID_CHARACTERS = 16;

export function newVirtualKey(): string {
  return PREFIX + randomText(RANDOM_CHARACTERS);
}

/** `key_…`, `team_…`, `customer_…` */
export function newRecordId(kind: string): string {
  return `${kind}_${randomText(ID_CHARACTERS)}`;
}

/** What people recognise a key by. */
export function prefixOf(secret: string): string {
  return secret.slice(0, SHOWN_CHARACTERS);
}

/** Whether a secret has our form. Of an operator's own, which may be short, not even the beginning is shown. */
export function isOurs(secret: string): boolean {
  return /^eg_[A-Za-z0-9]{40}$/.test(secret);
}

function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < FAIR_BYTES && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}
