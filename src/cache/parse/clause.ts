/** From a framed sentence to the words that count: closed-class words by class, content words by what they mean. */
import type { Lexicon } from "../lexicon/lexicon.ts";
import type { Framed } from "./frames.ts";
import { LITERAL } from "./split.ts";
import { stem } from "./stem.ts";
import { REPRESENTATIVE } from "./synonyms.ts";
import {
  COMPARATORS,
  FOREIGN_NEGATIONS,
  FUNCTION_WORDS,
  MODALS,
  NEGATIONS,
  PRONOUNS,
  QUANTIFIERS,
  TECHNICAL_WORDS,
} from "./vocabulary.ts";

export type WordKind =
  | "content"
  | "number"
  | "literal"
  | "negation"
  | "pronoun"
  | "quantifier"
  | "ordinal"
  | "comparator"
  | "modal"
  | "grammar";

export interface Word {
  /** What the word counts as. */
  key: string;
  kind: WordKind;
  /** Capitalised inside a sentence, or no word of everyday English: most likely a name. */
  name: boolean;
  /** Capitalised inside a sentence. */
  capital?: true;
  /** No synonym stands for it here. */
  exact?: true;
  /** As written but lower-case, where it differs from the key. */
  written?: string;
}

export interface Clause {
  /** What is asked, apart from about what: `how-to`, `price`, `why` … */
  frame: string;
  tense: "" | "past" | "future";
  words: Word[];
}

/** Carry no meaning that the frame or the order does not. */
const DROPPED = new Set(
  "a an the is are am be been being do does of in at there that , : was were did has have had will and-then so-that whether if-any".split(
    " ",
  ),
);
/** In these frames the speaker's own things are meant anyway: "reset my password" is "reset a password". */
const SPEAKER_FRAMES = new Set(["how-to", "can-i", "where-can"]);
const SAME_CLOSED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    could: "can",
    ought: "should",
    may: "might",
    shall: "will",
    below: "under",
    beneath: "under",
    above: "over",
    into: "to",
    onto: "on",
    upon: "on",
    amongst: "among",
    anybody: "anyone",
    somebody: "someone",
    each: "every",
    everybody: "everyone",
    utilize: "with",
  }),
);
const INVERTED_FRAMES = new Set(["why", "when", "where", "whether", "which", "can", "can-i"]);
/** Where two words are told apart or one is defined, a synonym is another word. */
const EXACT_FRAMES = new Set(["define", "difference"]);
/** A capital makes these another thing. */
const OTHER_WHEN_CAPITAL = new Set(
  "turkey china polish march may mark bill apple amazon shell target rust mercury".split(" "),
);
/** Marks a participle whose frame has turned the passive into an active: "how are files uploaded". */
const PASSIVE = "\u0003";
const TAKES_ING =
  /^(for|of|to|from|without|by|with|about|after|before|start|begin|stop|avoid|keep|mind|while|when|in|on|than|list)$/;

export interface Reading {
  /** Lower-case words that were capitalised inside a sentence. */
  names: ReadonlySet<string>;
  lexicon: Lexicon;
  /** The words themselves are meant, not what they stand for. */
  aboutWords: boolean;
}

export function toClause({ frame, rest }: Framed, reading: Reading): Clause {
  const words = inOneOrder(frame, rest).split(" ").filter(Boolean);
  const tense = tenseOf(frame, words);
  const out: Word[] = [];
  // "What is irony" and "what is satire" ask about the words as well as the things.
  const single = frame === "about" && words.filter((_, i) => !dropped(words, i)).length === 1;
  for (const [i, word] of words.entries()) {
    if (isOneOfAKind(frame, words, i)) out.push({ key: "a", kind: "quantifier", name: false });
    if (dropped(words, i) || (SPEAKER_FRAMES.has(frame) && word === "my")) continue;
    out.push(
      toWord(word, {
        ...reading,
        frame,
        exact: single || EXACT_FRAMES.has(frame),
        first: i === 0,
        before: words[i - 1] ?? frame,
      }),
    );
  }
  moveNegation(frame, out);
  if (frame === "about" && isGeneric(words, out)) out.push({ key: "a", kind: "grammar", name: false });
  // Nothing left: what looked like grammar was the subject itself.
  if (out.length === 0) for (const word of words) out.push({ key: word, kind: "literal", name: false });
  return { frame, tense, words: out };
}

/** The words of a text that is not read as English: enough for numbers, literals and plain negations to be compared. */
export function verbatimClause(words: readonly string[]): Clause {
  const kindOf = (word: string): WordKind => {
    if (word.startsWith(LITERAL)) return "literal";
    if (/\d/.test(word)) return "number";
    return FOREIGN_NEGATIONS.has(word) || NEGATIONS.has(word) ? "negation" : "content";
  };
  return { frame: "verbatim", tense: "", words: words.map((key) => ({ key, kind: kindOf(key), name: false })) };
}

/** "What is a python", "what are pythons": any of them. "What is Python" is one thing, whose name may be a word too. */
function isGeneric(words: readonly string[], counted: readonly Word[]): boolean {
  const [only, ...others] = counted;
  if (!only || others.length > 0 || only.kind !== "content") return false;
  return /^an?$/.test(words[0]!) || only.written === `${only.key}s`;
}

/** Grammar that carries nothing; "in 5 minutes" and "at 5" do. */
function dropped(words: readonly string[], i: number): boolean {
  const word = words[i]!;
  // "On Windows" and "in Windows" are one place.
  if (word === "on" && TECHNICAL_WORDS.has(words[i + 1] ?? "")) return true;
  if (!DROPPED.has(word)) return false;
  return !(/^(in|at|of)$/.test(word) && /^\d/.test(words[i + 1] ?? ""));
}

/** "Suggest a name" wants one, "suggest names" some. */
function isOneOfAKind(frame: string, words: readonly string[], i: number): boolean {
  if (!/^an?$/.test(words[i]!)) return false;
  return (i === 0 && /^(give|suggest|list)$/.test(frame)) || (i === 1 && frame === "say");
}

function tenseOf(frame: string, words: readonly string[]): Clause["tense"] {
  if (frame.endsWith("-past") || words.some((word) => /^(was|were|did|had)$/.test(word))) return "past";
  return words.some((word) => word === "will") ? "future" : "";
}

/** "Why does it not rise" is "why doesn't it rise", unless a quantity stands between: "not all birds" is something else. */
function moveNegation(frame: string, words: Word[]): void {
  if (!INVERTED_FRAMES.has(frame) || words.some(({ kind }) => kind === "quantifier")) return;
  const at = words.findIndex(({ key }) => key === "not");
  if (at > 0) words.unshift(...words.splice(at, 1));
}

interface Place extends Reading {
  frame: string;
  /** No synonym counts as the word. */
  exact: boolean;
  first: boolean;
  before: string;
}

function toWord(word: string, place: Place): Word {
  const { before, names, aboutWords } = place;
  if (word.startsWith(LITERAL)) return { key: word, kind: "literal", name: true };
  if (word.startsWith(PASSIVE)) {
    const active = contentWord(word.slice(1), place);
    return { ...active, key: active.key.replace(/·ed$/, "") };
  }
  if (/^\d+(st|nd|rd|th)$/.test(word)) return { key: word, kind: "ordinal", name: false };
  if (/\d/.test(word) || /^[$€£¥₹₩]$/.test(word)) return { key: word, kind: "number", name: false };
  // Behind "the word …" stands the word itself, not its meaning.
  if (
    place.frame !== "define" &&
    /^(word|words|term|phrase|expression|name|verb|noun|prefix|suffix|letter)$/.test(before)
  )
    return { key: LITERAL + word, kind: "literal", name: true };
  const kind = names.has(word) && !PRONOUNS.has(word) ? "content" : closedKind(word);
  if (kind) {
    if (kind !== "content") return { key: SAME_CLOSED.get(word) ?? word, kind, name: false };
  }
  if ((aboutWords && place.frame !== "define") || place.frame === "translate")
    return { key: LITERAL + word, kind: "literal", name: true };
  return contentWord(word, place);
}

function contentWord(word: string, { exact, first, before, names, lexicon }: Place): Word {
  const { base, ending } = stem(word, lexicon);
  const kept = ending === "ing" && (first || TAKES_ING.test(before)) ? "" : ending;
  const meaning = exact ? undefined : (REPRESENTATIVE.get(word) ?? REPRESENTATIVE.get(base));
  const isWhole = REPRESENTATIVE.has(word) && word !== base;
  if (names.has(word) && OTHER_WHEN_CAPITAL.has(word))
    return { key: `${word}^`, kind: "content", name: true, capital: true };
  const key = `${meaning ?? base}${kept && !isWhole ? `·${kept}` : ""}`;
  const everyday = lexicon.isCommon(base) || meaning !== undefined;
  return {
    key,
    kind: "content",
    name: names.has(word) || !everyday,
    ...(exact && { exact: true as const }),
    ...(names.has(word) && { capital: true as const }),
    ...(key !== word && { written: word }),
  };
}

function closedKind(word: string): WordKind | undefined {
  if (NEGATIONS.has(word)) return "negation";
  if (PRONOUNS.has(word)) return "pronoun";
  if (QUANTIFIERS.has(word)) return "quantifier";
  if (MODALS.has(word)) return "modal";
  if (COMPARATORS.has(word)) return "comparator";
  return FUNCTION_WORDS.has(word) ? "grammar" : undefined;
}

/** One order for what may be said in two: "A and B", "X of Y", an adverb before or behind. */
function inOneOrder(frame: string, rest: string): string {
  const bare = rest
    .split(" ")
    .filter((word, i) => word !== "the" && ((i < 2 && !/^(difference|distance)$/.test(frame)) || !/^an?$/.test(word)))
    .join(" ");
  if (frame === "difference") return sorted(bare, " and ");
  const between = bare.replace(BETWEEN, (_, pair: string) => `between ${sorted(pair, " and ")}`);
  const paired = between.replace(PAIR, (whole, head: string, a: string, link: string, b: string) =>
    isSingle(a) && isSingle(b) ? `${head}${[a, b].sort().join(` ${link} `)}` : whole,
  );
  if (OF_FRAMES.has(frame)) return paired.replace(OF, "$2 $1");
  return ADVERB_FRAMES.has(frame) ? paired.replace(ADVERB, "$2 $1") : paired;
}

const BETWEEN = /between (.+ and .+)$/;
/** Both must be single things, and what stands before them must not belong to the first alone: "red cats and dogs". */
const PAIR =
  /(^|(?:^| )(?:about|of|for|with|between|compare|contrast|summarize|on|to|is|are|do|does|can) )(\S+) (and|or|plus|times) (\S+)(?= |$)/g;
const OF_FRAMES = new Set(["about", "list", "who"]);
/** "Symptoms of flu" are "flu symptoms", "the symbol of gold" is "gold's symbol". */
const OF = /^((?:\S+ ){0,2}\S+) of (\S+(?: \S+)?)$/;
const ADVERB_FRAMES = new Set(["how-to", "can", "can-i"]);
const ADVERB = /^((?!on|ear|fami|app|rep|dai|week|month|year|sup|mult|f|re|imp|comp|a)\w+ly) (.+)$/;

function sorted(pair: string, link: string): string {
  const halves = pair.split(link);
  return halves.length === 2 ? halves.sort().join(link) : pair;
}

function isSingle(word: string): boolean {
  return !FUNCTION_WORDS.has(word) || /^\d/.test(word);
}
