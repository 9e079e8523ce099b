/**
 * What people say around a question without changing it: greetings, thanks, "could you tell me", "I was wondering".
 * Rules on a sentence of lower-case words; each takes something off an end and is tried until none applies.
 */
import { REQUEST_VERBS } from "./requests.ts";

const REQ = `(?:${REQUEST_VERBS.join("|")})`;
const WH = "(?:what|which|who|whom|whose|when|where|why|how|if|whether)";
const TO_ME = "(?: to me| for me| me| us)?";
/** Words which carry nothing, wherever they stand. "just" before a number limits it. */
const FILLERS =
  /(?<![^ ])(?:actually|basically|really|kindly|please|pls|plz|honestly|essentially|(?<=^(?:what|how|why|where|who|when) )exactly|just(?! (?:\d|one|the|a|an) )|um|uh|umm|hmm)(?![^ ])/g;

/** What a question or request starts with: courtesy before it needs no comma. */
const OPENS =
  "(?=(?:please|can|could|would|will|do|does|did|is|are|what|which|who|whom|when|where|why|how|if|i|my|tell|give|explain|list|help|should|so|well|just|quick|out|would) )";
const HEAD: readonly RegExp[] = [
  new RegExp(
    `^(?:hi|hello|hey|hiya|yo|greetings|good (?:morning|afternoon|evening|day)|dear)(?: (?:there|all|everyone|everybody|team|assistant|ai|bot|friend|folks|guys|chatgpt|claude|gemini))?(?: ,| :| ${OPENS})`,
  ),
  /^(?:please|pls|plz|kindly|um|uh|umm|hmm|btw|basically|actually|honestly)(?: ,| :)? (?=.)/,
  new RegExp(`^(?:ok|okay|so|well|anyway|alright|and|also|but)(?: ,| :| ${OPENS})`),
  /^(?:now|right|say|listen|look|sure|yes|no) ,/,
  new RegExp(`^(?:thanks|thank you|many thanks|cheers)(?: (?:so|very) much)?(?: in advance)?(?: ,| :| ${OPENS})`),
  new RegExp(
    `^(?:excuse me|sorry(?: to (?:bother|disturb) you)?|pardon(?: me)?|by the way|out of (?:curiosity|interest)|for my (?:own )?(?:information|curiosity))(?: ,| :| but| ${OPENS})`,
  ),
  new RegExp(
    `^(?:(?:a |one |just a )?(?:quick|simple|small|short|dumb|silly|stupid|random|general) (?:question|one)|question|my question is|i have (?:a|one|1) (?:quick |simple |small )?question|here is (?:a|my) question)(?: for you| about this)?(?: ,| :| ${OPENS})`,
  ),
  /^(?:i am |i was |i have been |am |was )?(?:just )?(?:curious|wondering|interested to know|trying to (?:understand|find out|figure out|learn|solve))(?: (?:about )?(?=what|how|why|when|where|who|which)|(?: to know)? (?:if|whether) (?=you (?:can|could|would))| ,| :) ?/,
  /^(?:i wonder|i want to ask|i would like to ask|i wanted to ask|may i ask|can i ask|could i ask|i need to ask)(?: you)? (?=wh|how|if)/,
  new RegExp(`^(?:if|whether) you (?:can|could|would|will|might) (?:be able to )?(?=${REQ} )`),
  new RegExp(
    `^(?:can|could|would|will|might|may) (?:you|we|i|someone|anyone)(?: please| kindly| possibly| perhaps| maybe| just| be able to| be so kind as to| be kind enough to)* (?=${REQ} )`,
  ),
  new RegExp(
    `^(?:are you able|is it possible for you|is there any (?:chance|way) (?:for )?you|would you be (?:able|willing)|you) (?:to |can |could )(?=${REQ} )`,
  ),
  /^(?:can|could|may) i (?:ask|get|have|trouble) you to /,
  /^would you (?:please |kindly )?(?:mind|consider) /,
  new RegExp(
    `^(?:i would|it would be) (?:really |very |much )?(?:appreciate (?:it )?|grateful |great |nice |lovely |helpful |good |be grateful |be happy )if you (?:could|would|can) (?=${REQ})`,
  ),
  new RegExp(`^i (?:would like|want|need|would love|would prefer|am asking|wish)(?: for)? you to (?=${REQ} )`),
  new RegExp(
    `^(?:i (?:would like|want|need|would love|wish) to|help me(?: to)?|let me|please help me(?: to)?) (?=(?:know|understand|learn|see|find out|discover|hear|be told)(?: about)? ${WH} )`,
  ),
  new RegExp(`^(?:i (?:would like|want|need|would love|wish) to|help me(?: to)?) (?=${REQ} )`),
  new RegExp(`^do you (?:happen to )?(?:know|remember|have any idea|have an idea)(?: of)? (?=${WH} )`),
  new RegExp(
    `^(?:know|understand|learn|see|find out|discover|hear|be told|remind me|advise me|inform me|let me know|tell|answer)${TO_ME}(?: about)? (?=${WH} )`,
  ),
  new RegExp(
    `^(?:tell|explain|show|teach|describe|clarify|outline|inform|remind|give)${TO_ME}(?: please)?(?: in detail)? (?=${WH} (?!.*simple-words))`,
  ),
];

const TAIL: readonly RegExp[] = [
  /(?: ,)? (?:please|pls|plz|kindly|thanks|thx|ty|cheers|thank you|many thanks|thanks a lot|thanks a bunch|much appreciated)(?: (?:so|very) much)?(?: in advance)?(?: for (?:your|the) (?:help|time))?$/,
  /(?<= .+ .+) (?:exactly|actually|really|anyway|then|though)$/,
  /(?: ,)? if (?:you (?:can|could|would|please|do not mind|know|may|have time)|possible|that is (?:ok|okay|possible|alright))$/,
  new RegExp(`(?<=^${REQ} .+)(?: ,)? (?:for me|to me|for us)$`),
  / (?:,|:)$/,
];

const ABOUT_WORDS =
  /(?<![^ ])(?:say|spell|pronounce|translate|mean|means|meaning|definition|define|word|words|term|phrase|synonym|synonyms|rhymes?|use of)(?![^ ])/;

/** Takes courtesy off both ends. A sentence that is nothing but courtesy becomes empty. */
export function withoutCourtesy(sentence: string): string {
  // "How do I say thanks in Thai" is about the word.
  const aboutWords = ABOUT_WORDS.test(sentence);
  if (ONLY_COURTESY.test(sentence)) return "";
  let text = sentence;
  for (let again = true; again; ) {
    const before = text;
    for (const pattern of HEAD) {
      const shorter = text.replace(pattern, "").trim();
      if (shorter !== "") text = shorter;
    }
    for (const pattern of aboutWords ? [] : TAIL) {
      const shorter = text.replace(pattern, "").trim();
      if (shorter !== "") text = shorter;
    }
    again = text !== before;
  }
  const bare = (aboutWords ? text : text.replace(FILLERS, "")).replace(/ {2,}/g, " ").trim();
  return inBaseForm(bare === "" ? text : bare).replace(MAKE, "write ");
}

/** Whatever an assistant is to make of words, it writes. */
const MAKE =
  /^(?:create|compose|draft|generate|produce|craft|make|prepare|come up with)(?: me| us)? (?=an? |the |some |\d)/;

/** "Would you mind listing …" leaves "listing …". */
function inBaseForm(text: string): string {
  const [first = "", ...rest] = text.split(" ");
  if (!first.endsWith("ing")) return text;
  const root = first.slice(0, -3);
  const verb = REQUEST_VERBS.find((known) => known === root || known === `${root}e`);
  return verb ? [verb, ...rest].join(" ") : text;
}

const ONLY_COURTESY =
  /^(?:hi|hello|hey|hiya|greetings|dear (?:assistant|ai|bot)|good (?:morning|afternoon|evening|day)|please|thanks|thx|thank you|many thanks|cheers|please help(?: me)?|help(?: me)?|i (?:need|would like|could use) (?:some |your )?help|can you help(?: me)?|quick question|i have (?:a|one) (?:quick )?question)(?: there| all| everyone| team| a lot| so much| very much| in advance| please| ,| out| with (?:this|something)| for (?:your|the) (?:help|time))*$/;
