import type { Lexicon } from "../lexicon/lexicon.ts";
import { TECHNICAL_WORDS } from "./vocabulary.ts";

/** Irregular forms: `base past participle`, the ending is told apart so that "delete" and "deleted" stay two words. */
const IRREGULAR = verbs(`
  arise arose arisen | become became | begin began begun | bite bit bitten | blow blew blown | break broke broken |
  bring brought | build built | buy bought | catch caught | choose chose chosen | come came | deal dealt | dig dug |
  draw drew drawn | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen | feed fed | feel felt |
  fight fought | find found | fly flew flown | forget forgot forgotten | freeze froze frozen | get got gotten |
  give gave given | go went gone | grow grew grown | hang hung | hear heard | hide hid hidden | hold held | keep kept |
  know knew known | lay laid | lead led | leave left | lend lent | lose lost | make made | mean meant | meet met |
  pay paid | ride rode ridden | ring rang rung | rise rose risen | run ran | say said | see saw seen | sell sold |
  send sent | shake shook shaken | shine shone | shoot shot | show showed shown | shrink shrank shrunk | sing sang sung |
  sink sank sunk | sit sat | sleep slept | speak spoke spoken | spend spent | stand stood | steal stole stolen |
  stick stuck | strike struck | swear swore sworn | swim swam swum | take took taken | teach taught | tear tore torn |
  tell told | think thought | throw threw thrown | understand understood | wake woke woken | wear wore worn |
  win won | write wrote written`);

const PLURALS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    men: "man",
    women: "woman",
    children: "child",
    people: "person",
    feet: "foot",
    teeth: "tooth",
    mice: "mouse",
    geese: "goose",
    lives: "life",
    wives: "wife",
    knives: "knife",
    leaves: "leaf",
    shelves: "shelf",
    halves: "half",
    wolves: "wolf",
    thieves: "thief",
    loaves: "loaf",
    calves: "calf",
    potatoes: "potato",
    tomatoes: "tomato",
    heroes: "hero",
    criteria: "criterion",
    phenomena: "phenomenon",
    bacteria: "bacterium",
    viruses: "virus",
    analyses: "analysis",
    crises: "crisis",
    indices: "index",
    indexes: "index",
    matrices: "matrix",
    vertices: "vertex",
    movies: "movie",
    cookies: "cookie",
    calories: "calorie",
    lies: "lie",
    ties: "tie",
    pies: "pie",
    dies: "die",
    vaccines: "vaccine",
    causes: "cause",
    uses: "use",
    houses: "house",
    courses: "course",
    purposes: "purpose",
  }),
);

/** Words that end like a plural, or mean something else in the singular. */
const NOT_PLURAL = new Set(
  (
    "news glasses customs goods arms pants physics series species always windows means thanks perhaps sometimes plus " +
    "minus pros cons this its his hers ours yours theirs has was does is as us gas bus lens less bias atlas status"
  ).split(" "),
);

const GRADED =
  "fast slow large small big long short high low old young cheap easy hard quick tall deep wide heavy light strong weak " +
  "bright dark hot cold warm cool new late early great nice rich poor safe simple smart cheap clean close dear dense dry " +
  "fine firm flat fresh full gentle happy harsh healthy loud mild narrow near neat noisy pretty proud pure quiet rare rough " +
  "sad sharp shallow soft sour steep sweet thick thin tight tiny tough vast wet wild wise busy dirty funny";
const ADJECTIVES = new Set(GRADED.split(" "));

/** A dictionary form, and what was taken off it. Plurals and the third person count as the form itself. */
export interface Stem {
  base: string;
  ending: "" | "ed" | "ing" | "er" | "est";
}

/** `word` is lower-case, in one spelling. Unknown words stay as they are but for a plural s. */
export function stem(word: string, lexicon: Lexicon): Stem {
  const irregular = IRREGULAR.get(word);
  if (irregular) return { base: irregular, ending: "ed" };
  const plural = PLURALS.get(word);
  if (plural) return { base: plural, ending: "" };
  if (word.length < 4 || NOT_PLURAL.has(word) || TECHNICAL_WORDS.has(word)) return { base: word, ending: "" };
  const known = (candidate: string) => candidate.length >= 3 && lexicon.isWord(candidate);
  if (word.endsWith("s") && !/(ss|us|is)$/.test(word)) return { base: singular(word, known), ending: "" };
  const graded = gradedBase(word);
  if (graded) return graded;
  for (const ending of ["ing", "ed"] as const) {
    if (!word.endsWith(ending)) continue;
    const base = withoutEnding(word.slice(0, -ending.length), known);
    if (base) return { base, ending };
  }
  return { base: word, ending: "" };
}

function singular(word: string, known: (candidate: string) => boolean): string {
  if (word.endsWith("ies") && known(`${word.slice(0, -3)}y`)) return `${word.slice(0, -3)}y`;
  if (/[^s]ses$/.test(word) && known(word.slice(0, -1))) return word.slice(0, -1);
  if (/(s|x|z|ch|sh|o)es$/.test(word) && known(word.slice(0, -2))) return word.slice(0, -2);
  const short = word.slice(0, -1);
  return short.length >= 3 ? short : word;
}

/** "hop" of "hopp", "bake" of "bak", "try" of "tri", "walk" of "walk". */
function withoutEnding(rest: string, known: (candidate: string) => boolean): string | undefined {
  if (rest.length < 2 || !/[aeiouy]/.test(rest)) return undefined;
  const double = /([bdfglmnprtz])\1$/.test(rest);
  const undoubled = rest.slice(0, -1);
  const tries = double ? [undoubled, rest] : [`${rest}e`, rest, `${rest.slice(0, -1)}y`];
  // "us" + "ing" is use, "walk" + "ing" is walk: with one vowel before one consonant the e is the rule.
  const ordered = !double && /([^aeiou]{2}|[aeiou]{2}[^aeiou]|[wxy])$/.test(rest) ? [rest, `${rest}e`] : tries;
  return ordered.find(known);
}

function gradedBase(word: string): Stem | undefined {
  for (const ending of ["est", "er"] as const) {
    if (!word.endsWith(ending)) continue;
    const rest = word.slice(0, -ending.length);
    const bases = [rest, `${rest}e`, rest.replace(/i$/, "y"), rest.replace(/(.)\1$/, "$1")];
    const base = bases.find((candidate) => ADJECTIVES.has(candidate));
    if (base) return { base, ending };
  }
  return undefined;
}

function verbs(text: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  for (const line of text.split("|")) {
    const [base, ...past] = line.trim().split(/\s+/);
    for (const form of past) if (form !== base) forms.set(form, base!);
  }
  return forms;
}
