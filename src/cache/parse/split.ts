/**
 * A text as sentences of words. What must be taken to the letter (quotes, code, paths, flags, identifiers) is one word
 * each, marked by `LITERAL`, and never folded; all else becomes lower-case words in one spelling of contractions.
 */
import { FUNCTION_WORDS } from "./vocabulary.ts";

/** First character of a literal word. Spaces inside a literal are `LITERAL_SPACE`. */
export const LITERAL = "\u0001";
const LITERAL_SPACE = "\u0002";

export interface Sentence {
  /** Lower-case words, literals, and the marks `,` and `:`. */
  words: string[];
}

export interface Split {
  sentences: Sentence[];
  /** Words that were capitalised inside a sentence, lower-case. */
  names: Set<string>;
}

const PIECES =
  /```[\s\S]*?```|`[^`]+`|"[^"]*"|(?<![^\s(])'[^'\n]+'(?![^\s.,;:!?)])|https?:\/\/\S+|www\.\S+|\n\s*|[^\s"`]+/g;
const FUSED =
  /^(\d[\d.,]*)(km|kms|cm|mm|mi|ft|kg|kgs|g|mg|oz|ml|l|hrs?|h|mins?|secs?|ms|mph|kph|kb|mb|gb|tb|%|am|pm|°c|°f)$/i;
const SHORT_FORMS = /^(mr|mrs|ms|dr|st|vs|etc|e\.g|i\.e|no|prof|jr|sr|inc|ltd|approx|u\.s|u\.k)$/i;

export function split(text: string): Split {
  const shouted = text === text.toUpperCase() && /[A-Z]{2}.*\s.*[A-Z]{2}/.test(text);
  const state: Split & { current: string[] } = { sentences: [], names: new Set(), current: [] };
  for (const piece of text.match(PIECES) ?? []) {
    if (/^\n/.test(piece)) end(state);
    else if (/^(```|`|"|'.*'$|https?:|www\.)/.test(piece)) addLiteralPiece(state, piece);
    else addChunk(state, piece, shouted);
  }
  end(state);
  return state;
}

function addLiteralPiece(state: Split & { current: string[] }, piece: string): void {
  if (/^(https?:|www\.)/.test(piece)) state.current.push(literal(piece.replace(/[.,;:!?)]+$/, "")));
  else state.current.push(literal(piece.replace(/^(`+|"|')([\s\S]*?)\1$/, "$2")));
}

function end(state: Split & { current: string[] }): void {
  if (state.current.length > 0) state.sentences.push({ words: state.current });
  state.current = [];
}

function addChunk(state: Split & { current: string[] }, chunk: string, shouted: boolean): void {
  const closing = /[.,;:!?]+$/.exec(chunk)?.[0] ?? "";
  const core = withoutBrackets(chunk.slice(0, chunk.length - closing.length));
  const first = state.current.length === 0;
  // A dash between words is a comma; between numbers it is an operator, like any other sign.
  if (/^[-–—•]+$/.test(core) && !/^[\d.]+$/.test(state.current.at(-1) ?? "")) {
    if (!first) state.current.push(",");
    return;
  }
  for (const word of chunkWords(core, shouted)) {
    if (!first && /^[A-Z]/.test(core) && !word.startsWith(LITERAL) && !shouted) state.names.add(word);
    state.current.push(word);
  }
  if (/[?!]/.test(closing) || closing.includes(";")) end(state);
  else if (closing.includes(":")) state.current.push(":");
  else if (closing.includes(",")) state.current.push(",");
  else if (closing.includes(".") && !SHORT_FORMS.test(core) && !/^[A-Za-z]$/.test(core)) end(state);
}

function withoutBrackets(chunk: string): string {
  let core = chunk;
  if (/^[([{].*[)\]}]$/.test(core) && !/^[^(]*\(\)/.test(core) && /^[([{][\w\s.,'-]*[)\]}]$/.test(core))
    return core.slice(1, -1);
  if (core.startsWith("(") && !core.includes(")")) core = core.slice(1);
  if (core.endsWith(")") && !core.includes("(")) core = core.slice(0, -1);
  return core;
}

/** One chunk between spaces, without the punctuation that ends it. */
function chunkWords(core: string, shouted: boolean): string[] {
  if (core === "") return [];
  const fused = FUSED.exec(core);
  if (fused) return [fused[1]!, unit(fused[2]!)];
  const money = /^([$€£¥₹₩])(\d[\d.,]*[kKmM]?)$/.exec(core);
  if (money) return [money[2]!.toLowerCase(), money[1]!];
  if (/^\d[\d.,:/–-]*(k|st|nd|rd|th|s)?$/i.test(core)) return [core.toLowerCase()];
  if (/^[A-Za-z]+(?:[''][A-Za-z]+)*[']?$/.test(core)) return plainWord(core, shouted);
  if (/^[A-Za-z][a-z]*(?:-[A-Za-z][a-z]*)+$/.test(core) || /^\d+(?:-[a-z]+)+$/i.test(core))
    return hyphenated(core.toLowerCase());
  if (/^(?:[A-Za-z]\.){2,}[A-Za-z]?$/.test(core)) return [core.toLowerCase().replaceAll(".", "")];
  if (/^[\p{L}\p{M}][\p{L}\p{M}'’-]*$/u.test(core)) return [core.toLowerCase()];
  // Versions and model numbers are told apart by every digit, not by case: "iPhone 12", "S22", "v1.4.0", "HTTP/2".
  if (/^[A-Za-z]*[\d.]+[A-Za-z]?$/.test(core) || /^[A-Za-z]+\/\d(\.\d)?$/.test(core)) return [core.toLowerCase()];
  if (/^[A-Z][a-zA-Z]*\.(js|io|net|py|ai)$/.test(core)) return [core.toLowerCase()];
  return [literal(core)];
}

function plainWord(core: string, shouted: boolean): string[] {
  const lower = core.toLowerCase();
  // userId is not userid; iPhone is iphone, whoever writes it.
  if (/^[a-z]+[A-Z]/.test(core) && !/^(i|e|mac)[A-Z][a-z]+s?$|^iOS$|^macOS$/.test(core)) return [literal(core)];
  // "IT department" is not "it"; in a text all in capitals there is no telling.
  if (!shouted && /^[A-Z]{2,5}$/.test(core) && FUNCTION_WORDS.has(lower) && lower !== "us") return [literal(core)];
  if (!shouted && core === "US") return ["usa"];
  if (/^[KMGT][bB](ps)?$/.test(core)) return [unit(core)];
  // "Plan A" and "vitamin A" name a thing; the article is never a capital inside a sentence.
  return contraction(lower.replaceAll("’", "'"));
}

/** A megabit is no megabyte. */
function unit(written: string): string {
  return /^[KMGT]b(ps)?$/.test(written) ? written.toLowerCase().replace("b", "bit") : written.toLowerCase();
}

function contraction(word: string): string[] {
  const bare = BARE_CONTRACTIONS.get(word) ?? word;
  if (bare === "can't" || bare === "cannot") return ["can", "not"];
  if (bare === "won't") return ["will", "not"];
  if (bare === "shan't") return ["shall", "not"];
  if (bare === "let's") return ["let", "us"];
  if (bare === "y'all") return ["you", "all"];
  const [, stem, ending] = /^([a-z]+?)(n't|'re|'ve|'ll|'d|'m|'s|s')$/.exec(bare) ?? [];
  if (!stem) return [bare];
  if (ending === "n't") return [stem, "not"];
  if (ending === "'re") return [stem, "are"];
  if (ending === "'ve") return [stem, "have"];
  if (ending === "'ll") return [stem, "will"];
  if (ending === "'d") return [stem, "would"];
  if (ending === "'m") return [stem, "am"];
  if (ending === "s'") return [`${stem}s`];
  return IS_AFTER.has(stem) ? [stem, "is"] : [stem];
}

const IS_AFTER = new Set("what who where when why how that it he she there here this which".split(" "));

/** Contractions typed without their apostrophe. */
const BARE_CONTRACTIONS: ReadonlyMap<string, string> = new Map(
  (
    "don't doesn't didn't can't isn't aren't wasn't weren't haven't hasn't hadn't couldn't shouldn't wouldn't won't " +
    "what's how's where's who's that's i'm i've you're they're it'll"
  )
    .split(" ")
    .map((word) => [word.replace("'", ""), word] as const),
);

function hyphenated(word: string): string[] {
  const joined = word.replace(/^(e)-(mail|mails|commerce|book|books)$/, "$1$2");
  if (joined !== word) return [joined];
  if (word === "wi-fi") return ["wifi"];
  if (/^non-/.test(word)) return [word.replaceAll("-", "")];
  return word.split("-");
}

function literal(text: string): string {
  return LITERAL + text.trim().replace(/\s+/g, LITERAL_SPACE);
}
