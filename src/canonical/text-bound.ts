/**
 * More tokens than any upstream can count in a text, without a tokenizer. Every tokenizer in use works on bytes, so no
 * text has more tokens than bytes; of ASCII letters, two make a token at the most.
 */
export function tokensAtMost(utf8: Uint8Array): number {
  let letters = 0;
  const { length } = utf8;
  for (let index = 0; index < length; index++) letters += LETTER[utf8[index]!]!;
  return length - (letters >> 1);
}

/** 1 for ASCII letters and the space, which a tokenizer joins to the word after it. */
const LETTER = Uint8Array.from({ length: 256 }, (_, byte) => Number(/^[A-Za-z ]$/.test(String.fromCharCode(byte))));
