/** The table behind `frame`: sentence patterns, the frame they are, and what is left to ask about. */
type Rule = readonly [pattern: RegExp, frame: string, rest?: string];

/** "How do you fold a shirt" asks for anyone, "how do you store my data" does not. */
const ANYONE = "(?:you|one|someone|somebody|a person|people)";
const ONE = "(?:i|you|we|one|someone|somebody|a person|people)";
const BE = "(?:is|are|was|were)";
/** Leaves of the degree adjectives: "how ADJ is X" asks for the noun. */
export const DEGREES: Readonly<Record<string, string>> = {
  tall: "height",
  high: "height",
  deep: "depth",
  long: "length",
  wide: "width",
  broad: "width",
  heavy: "weight",
  old: "age",
  fast: "speed",
  big: "size",
  large: "size",
  thick: "thickness",
  loud: "loudness",
  far: "distance",
};
export const DEGREE_NOUNS = [...new Set(Object.values(DEGREES)), "population", "area", "volume", "temperature"].join(
  "|",
);
/** Who did it: "the author of X" is who wrote X. */
export const AGENTS: Readonly<Record<string, string>> = {
  author: "wrote",
  writer: "wrote",
  inventor: "invented",
  painter: "painted",
  discoverer: "discovered",
  founder: "founded",
  composer: "composed",
  director: "directed",
  creator: "created",
  designer: "designed",
  architect: "designed",
  builder: "built",
  winner: "won",
  singer: "sang",
  maker: "made",
};
const LANGUAGES =
  "english|french|german|spanish|italian|portuguese|dutch|danish|swedish|norwegian|finnish|icelandic|polish|czech|slovak|" +
  "hungarian|romanian|bulgarian|greek|turkish|russian|ukrainian|arabic|hebrew|persian|hindi|urdu|bengali|tamil|thai|" +
  "vietnamese|indonesian|malay|japanese|korean|chinese|mandarin|cantonese|latin|welsh|irish|catalan|croatian|serbian|swahili";

/** The first that matches wins. */
export const RULES: readonly Rule[] = [
  // Translation
  [
    new RegExp(
      `^how (?:do|would|can|does|could|should) ${ONE} (?:say|translate|write) (.+?) (?:in|into|to) (${LANGUAGES})$`,
    ),
    "translate",
    "$1 to $2",
  ],
  [/^how to (?:say|translate) (.+?) (?:in|into|to) (\S+)$/, "translate", "$1 to $2"],
  [new RegExp(`^translate (?!.* from )(?:in|into|to) (${LANGUAGES}) :? ?(.+)$`), "translate", "$2 to $1"],
  [/^translate (?!.* from )(.+?) (?:in|into|to) (\S+)$/, "translate", "$1 to $2"],
  [
    new RegExp(`^what is (?:the )?(${LANGUAGES}) (?:word|term|translation|expression|phrase) (?:for|of) (.+)$`),
    "translate",
    "$2 to $1",
  ],
  [new RegExp(`^what is (\\S+) in (${LANGUAGES})$`), "translate", "$1 to $2"],
  // Conversion
  [/^convert (\d\S* .+?) (?:to|into|in) (.+)$/, "convert", "$1 to $2"],
  [/^(?:how much|how many|what) (?:is|are) (\d\S* .+?) (?:in|to|into|converted to) (.+)$/, "convert", "$1 to $2"],
  [/^how many (\S+) (?:are |is )?(?:there )?in (\d\S* \S+)$/, "convert", "$2 to $1"],
  // Meaning
  [/^what is the (?:full form|full name|expansion|long form) of (.+)$/, "define"],
  [
    /^(?:define|definition of|meaning of)(?: the)?(?: (?:word|term|phrase|expression|concept|meaning)(?: of)?)? (.+)$/,
    "define",
  ],
  [
    /^(?:what is|what are|give|give me|state|provide|explain) (?:the |a )?(?:definition|meaning)s? of(?: the)?(?: (?:word|term|phrase|expression))? (.+)$/,
    "define",
  ],
  [
    /^what (?:do|does)(?: the)?(?: (?:word|term|phrase|expression|acronym|abbreviation))? (.+?) (?:mean|stand for)$/,
    "define",
  ],
  [/^what is meant by(?: the)?(?: (?:word|term|phrase|expression))? (.+)$/, "define"],
  // Difference
  [
    /^(?:(?:what is|what are|explain|describe|tell me|state|give me) )?(?:the |a |some )?(?:main |key |exact )?differences? between (.+)$/,
    "difference",
  ],
  [/^how (?:do|does|is|are) (.+?) (?:differ|different) (?:from|to|than) (.+)$/, "difference", "$1 and $2"],
  [/^how (?:do|does|are) (.+? and .+?) (?:differ|different)(?: from (?:each other|one another))?$/, "difference"],
  [/^what (?:distinguishes|sets) (.+?) (?:from|apart from) (.+)$/, "difference", "$1 and $2"],
  // Price, measure, age, count of people
  [/^how much (?:do|does|did|would|will) (?:it cost (?:for|to) )?(.+?) cost((?: .+)?)$/, "price", "$1$2"],
  [/^what (?:do|does|would|will) (.+?) cost((?: .+)?)$/, "price", "$1$2"],
  [/^(?:what is|what are|tell me|give me) the (?:price|cost|pricing)s? (?:of|for) (.+)$/, "price"],
  [/^how (?:expensive|costly|pricey) (?:is|are) (.+)$/, "price"],
  [/^how much (?:do|does|did) (.+?) weigh$/, "weight"],
  [/^how fast (?:do|does|can) (.+?)(?: travel| go| move| run| fly| swim)?$/, "speed"],
  [/^at what temperature (?:do|does) (.+) (freeze|boil|melt)$/, "about", "$2ing point of $1"],
  [/^how far (?:is|are) (.+) from (.+)$/, "distance", "between $1 and $2"],
  [/^(?:what is )?(?:the )?distance from (.+) to (.+)$/, "distance", "between $1 and $2"],
  [/^what is the (?:total )?(number|amount) of (.+)$/, "how", "many $2"],
  [/^how (much|many) (.+?) (?:do|does) (.+) (?:contain|have)$/, "how", "$1 $2 in $3"],
  [
    /^how many (?:people|inhabitants|residents) (?:live|are there|are|reside|are living|lives|does|are there living) ?(?:living )?in (.+)$/,
    "population",
  ],
  [/^how many (?:people|inhabitants|residents) (?:does|do) (.+) have$/, "population"],
  [/^what (?:is|are) (?:the )?(?:most )?ingredients? (?:of|in|for) (.+)$/, "ingredients"],
  [/^what (?:ingredients )?(?:is|are) in (.+)$/, "ingredients"],
  // Who
  [/^(.+?) (?:was|were) (\S+) by (?:whom|who)$/, "who", "$2 $1"],
  [/^who (?:was|were) (.+) (\S+) by$/, "who", "$2 $1"],
  [/^by whom (?:was|were) (.+) (\S+)$/, "who", "$2 $1"],
  [/^(?:who is|who are) the owners? of (.+)$/, "who", "own $1"],
  [
    /^(?:which|what) (?:person|artist|writer|author|painter|scientist|inventor|composer|director|explorer|president|actor|singer|poet|man|woman) ((?:\S+ed|wrote|won|sang|made|built|found|led) .+)$/,
    "who",
  ],
  [/^who (.+)$/, "who"],
  // When, where
  [
    /^(?:in |on |at )?(?:what|which) (year|date|time) (?=(?:is|are|was|were|do|does|did|will|can|should) (?!it ))(.+)$/,
    "when-$1",
    "$2",
  ],
  [/^when (.+)$/, "when"],
  [/^(?:what is )?the (?:location|whereabouts) of (.+)$/, "where", "is $1"],
  [/^what is the (?:location|whereabouts) of (.+)$/, "where", "is $1"],
  [/^(?:in|at) (?:what|which) (?:place|location) (.+)$/, "where"],
  [/^where (?:can|could|do|would|should|might) (?:i|you|we|one) (.+)$/, "where-can"],
  [/^where (?:is|are) (.+) located$/, "where", "is $1"],
  [/^where (.+)$/, "where"],
  // Why
  [/^(?:what is|what are) the reasons? (?:why|for|that|behind|of) (.+)$/, "why"],
  [/^(?:the )?reasons? (?:why|for|that|behind) (.+)$/, "why"],
  [/^(?:for what reason|how come|how is it that|why is it that|what is the reason) (.+)$/, "why"],
  [/^what makes? (.+)$/, "why"],
  [/^why (.+)$/, "why"],
  [/^(?:what is|what are) (?:the )?causes? of (.+)$/, "cause"],
  [/^what (?:causes?|leads to|triggers) (.+)$/, "cause"],
  // How to
  [
    new RegExp(
      `^how (?:do|can|could|should|would|might|may|must|does|shall) (?:(?:i|we) |${ANYONE} (?=\\S+ \\S)(?!.*(?<= )(?:my|me|our|us)(?= |$)))(?:go about |best |properly |even |correctly |manage to )?(?!feel|think|mean|know)(.+)$`,
    ),
    "how-to",
  ],
  [/^how (?:i|you|we|one) (?:can |could |should |would |might |may |must |would )?(?!feel|think|mean)(.+)$/, "how-to"],
  [/^how to (?:properly |best |correctly )?(.+)$/, "how-to"],
  [
    /^(?:what is|what are|what would be|is there|are there|give me|tell me|show me|describe|list|i need|do you know|explain)? ?(?:a |an |any |some |the )?(?:best |good |right |correct |proper |recommended |ideal )?(?:ways?|methods?|procedures?|process|processes|steps?|instructions?|approach|tutorial|guide|techniques?|directions) (?:to|of|for|on|on how to|for how to|how to|i can|you can|one can)(?: me to)? (.+)$/,
    "how-to",
  ],
  [
    /^what (?:do|should|can|must|could|would) (?:i|you|we|one) (?:need to |have to )?do (?:to|in order to|if i want to) (.+)$/,
    "how-to",
  ],
  [/^(?:show|teach|tell) (?:me |us )?how to (.+)$/, "how-to"],
  [/^(?!.* (?:is|are|was|were|do|does|i|you) )(.+) (?:instructions|tutorial|steps|guide|how-to|howto)$/, "how-to"],
  [
    /^how (?:can|could|do|should|would|is|are|may|must) (?!i |you |we |one |they |he |she |it )(.+?) (?:be |get )?([a-z]+ed|made|built|written|sent|found|taken|given|sold|bought|set|done)((?: .+)?)$/,
    "how-to",
    "\u0003$2 $1$3",
  ],
  // Purpose
  [/^(?:what is|what are|explain|describe) the (?:purpose|function|role|use|job|point)s? of (.+)$/, "purpose"],
  [/^what (?:is|are) (.+) used for$/, "purpose"],
  [/^what (?:is|are) (.+) for$/, "purpose"],
  [/^what (?:do|does) (.+) do$/, "purpose"],
  // Possibility
  [/^(?:is it possible(?: for (?:you|one|someone|people))? to|(?:can|could) (?:you|one|someone|people)) (.+)$/, "can"],
  [/^(?:is it possible for me to|am i able to|(?:can|could) i) (.+)$/, "can-i"],
  // Suggestions
  [/^(?:suggest|recommend|propose)(?: me| us)? (?:some|any|a few) (.+)$/, "list"],
  [
    /^(?:can you |do you have )?(?:any|some|what are your|what are some) (?:recommendations|suggestions) (?:for|on|of) (.+)$/,
    "suggest",
  ],
  [/^(?:suggest|recommend|propose)(?: me| us| to me)? (.+)$/, "suggest"],
  [
    /^(?:which|what) (.+) (?:do|would|can|should) you (?:recommend|suggest|propose|advise)(?: for (.+))?$/,
    "suggest",
    "$1 $2",
  ],
  // Lists
  [/^(?:which|what) (.+?) (?:do|does) (.+) have$/, "list", "$1 of $2"],
  [/^give(?: me| us)? (?!me |us |a |an |one |another |it |this |that |the )(.+)$/, "list"],
  [/^(?:list|enumerate)(?: me)?(?: (?:all )?(?:of )?the| some)? (.+)$/, "list"],
  [/^name (?:me )?(?!every|all|one)(?:some of the |some |the )?(.+)$/, "list"],
  [
    /^(?:give|provide|offer|send|tell|get|write|show) (?:me |us )?(?:with )?(?:a list of |some of the |some |the list of )(.+)$/,
    "list",
  ],
  [/^(?:give|provide|offer) (?:me |us )?(?:with )?(\d+ .+)$/, "list"],
  [/^what are (?:all )?(?:some of the |some |the )(.+)$/, "list"],
  [
    /^what are ((?:\S+ ){1,3}of .+|(?:\S+ )?(?:symptom|cause|effect|sign|benefit|advantage|disadvantage|example|rule|use|ingredient)s .+)$/,
    "list",
  ],
  [
    /^(?:give me |list |share |what are )?(?:some |the |any )?(?:best )?(?:tips|advice|hints) (?:for|on|about|to) (?:how to )?(?=\S+ing )(.+)$/,
    "how-to",
  ],
  [/^(?:tips|advice|ideas|suggestions|hints) (?:for|on|about) (.+)$/, "list", "tip for $1"],
  [
    /^i (?:need|want|would like|would love|would like to (?:get|have)|am looking for|look for|require) (?:to (?:get|have) )?((?:a|an|some) .+)$/,
    "give",
  ],
  [/^(?:tell|show)(?: me| us)? ((?:a|an|some|another) .+)$/, "give"],
  // Explanations
  [/^(?:calculate|compute) (?:the )?(.+)$/, "about"],
  [/^(?:tell|give|show)(?: me| us)? the (.+ of .+)$/, "about"],
  [/^(?:explain|describe) the (?:workings?|functioning|mechanism|operation) of (.+)$/, "how", "$1 work"],
  [
    /^(?:give|write|provide)(?: me| us)?(?: with)? (?:a |an |the )?(?:short |brief |quick )?summary of (.+)$/,
    "say",
    "summarize $1",
  ],
  [/^(?:explain|describe|show me|tell me) the way (?:that |in which )?(.+)$/, "how"],
  [/^(?:more )?(?:information|info|details)(?: about| on)? (.+)$/, "about"],
  [
    /^(?:explain|describe|clarify|outline|discuss)(?: to me)?(?: about)?(?: the)?(?: (?:concept|idea|notion|theory|principle|basics|meaning|way) (?:of|behind))? (.+)$/,
    "about",
  ],
  [/^(?:tell|teach)(?: me| us)?(?: more| something| a bit| a little)? (?:about|of) (.+)$/, "about"],
  [
    /^(?:give|provide|write|show)(?: me| us)?(?: with)? (?:a |an )?(?:brief |short |quick )?(?:overview|explanation|description|introduction) (?:of|to|on|about) (.+)$/,
    "about",
  ],
  [/^(?:overview|explanation|description) of (.+)$/, "about"],
  [/^(?:give|provide|get|need|want|find|send)(?: me| us)? (?:the )?(.+)$/, "give"],
  [/^what do you know about (.+)$/, "about"],
  [/^what (?:is|are) (.+)$/, "about"],
  [/^(?:which|what) (\S+(?: \S+)?) (?:is|are) (?:the )?([a-z]+est|(?:most|least) \S+)((?: .+)?)$/, "about", "$2 $1$3"],
  [new RegExp(`^(?:what|which) (${BE}) (.+)$`), "what", "$1 $2"],
  [/^(?:which|what) (.+)$/, "which"],
  // How something is done or how much of it there is
  [/^how (.+)$/, "how"],
  // Yes or no
  [/^(?:if|whether) (.+)$/, "whether"],
  [/^is it true that (.+)$/, "whether"],
  [/^((?:is|are|am|was|were|do|does|did|has|have|had) .+)$/, "whether"],
  [/^(should|must|will|would|shall|might|may|could|can) (.+)$/, "whether", "$1 $2"],
];
