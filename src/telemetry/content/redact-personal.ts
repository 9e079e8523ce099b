/**
 * What stored content loses when it is to be redacted: secrets as in log lines, and what points to a person. Made for
 * texts, not for proofs: a number that looks like a telephone's is taken for one.
 */
import { redactSecrets } from "../redact.ts";

/** Every repetition is bounded: a text made for it must not make the search slow. */
const MAIL = /\b[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\b/gi;

/** 13 to 19 digits, as they are or in groups. */
const CARD = /(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])/g;

/** International, with an area code in brackets, in three groups as in North America, or with a leading zero in groups. */
const PHONE =
  /(?<![\w.+-])(?:(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){5,12}|\(\d{2,5}\)[ ./-]?\d(?:[ ./-]?\d){4,10}|\d{3}[ .-]\d{3}[ .-]\d{4}|0\d{1,5}[ /-]\d(?:[ -]?\d){4,9})(?![\w-])/g;

export function redactPersonal(text: string): string {
  return redactSecrets(text)
    .replace(MAIL, "[mail]")
    .replace(CARD, (digits) => (isCardNumber(digits) ? "[card]" : digits))
    .replace(PHONE, "[phone]");
}

/** ISO/IEC 7812-1, annex B: every second digit from the right doubled, the sum of all digits a multiple of ten. */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && !/^0+$/.test(digits);
}
