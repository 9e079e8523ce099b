import { REQUEST_VERBS } from "./requests.ts";

/** Heads which announce material to work on. What follows them counts to the letter. */
const ANNOUNCES =
  /\b(following|below|this|these|text|sentence|passage|paragraph|context|given|code|review|log|email|message|invoice|statement|words?|names?|numbers?|list|formally|politely|grammar|sentiment|classify|summari[sz]e|rewrite|translate|correct|fix|shorten|proofread|paraphrase|rephrase|extract|reply|edit|improve|convert|expand|simplify)\b/i;
const QUESTION = /^(what|which|who|whom|whose|when|where|why|how|is|are|can|could|do|does|did|should|will|would)\b/i;
const GREETING =
  /^(hi|hello|hey|dear|good (morning|afternoon|evening)|thanks|thank you|please|cheers|regards|best)\b[^?]{0,40}$/i;

/** Where the material starts that a text asks to work on: behind a line, or behind the colon of a request. */
export function payloadStart(text: string): { head: string; payload?: string } {
  const lines = text.split(/\n+/).filter((line) => line.trim() !== "");
  while (lines.length > 1 && GREETING.test(lines[0]!.trim())) lines.shift();
  while (lines.length > 1 && GREETING.test(lines.at(-1)!.trim())) lines.pop();
  if (lines.length > 1) {
    const start = text.indexOf(lines[0]!) + lines[0]!.length;
    return { head: lines[0]!, payload: text.slice(start).trim() };
  }
  const line = lines[0] ?? "";
  const colon = /^([^:"'`]{3,120}?):\s+(\S[\s\S]*)$/.exec(line);
  if (!colon) return { head: line };
  const [, head, rest] = colon as unknown as [string, string, string];
  const first = head
    .trim()
    .toLowerCase()
    .replace(/^(please|kindly|can you|could you)\s+/, "")
    .split(/\s+/)[0]!;
  const isRequest =
    REQUEST_VERBS.includes(first) || /^(given|context|act|answer|translate|convert|edit|improve)$/.test(first);
  if (!isRequest && !/\bcontext\b/i.test(head)) return { head: line };
  if (QUESTION.test(rest) && !ANNOUNCES.test(head)) return { head: line };
  return { head, payload: rest.trim() };
}
