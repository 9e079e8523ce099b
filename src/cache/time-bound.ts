/** Wording whose answer is another one tomorrow. Better once too often than once too few: the price is a miss. */
const SPANS =
  "second|minute|hour|day|night|morning|afternoon|evening|week|weekend|month|quarter|season|semester|year|decade|century|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|spring|summer|autumn|fall|winter|time";

const ENGLISH: readonly RegExp[] = [
  /\b(?:today|tonight|tomorrow|tomorow|tommorrow|yesterday|now|nowadays|currently|presently|recent|recently|lately|latest|newest|upcoming|so far|these days|at the moment|at present|as of|up[- ]to[- ]date|just (?:released|announced|happened)|breaking news|ago|soon|still|anymore|any more|until now|for now)\b/i,
  // A current account is no current affair, and an electric current none either.
  /(?<!\b(?:electric|electrical|alternating|direct|ocean|eddy) )\bcurrent\b(?! account| density| divider| source)/i,
  new RegExp(
    `\\b(?:this|last|past|next|coming|previous|following) (?:\\d+ |few |couple of |two |three )?(?:${SPANS})s?\\b`,
    "i",
  ),
  /\b(?:in|within|for|over) the (?:last|past|next|coming) /i,
  /\bwhat(?: is|'s)? (?:the )?(?:time|date|day)(?: is)?(?: it)?(?: in \w+)?\s*\??$/i,
  /\b(?:what time|what day|which day|what date) is it\b/i,
];

const OTHER_LANGUAGES =
  /(?<!\p{L})(?:heute|morgen|gestern|jetzt|aktuell|aktuelle[nrs]?|derzeit|momentan|neueste[nrs]?|aujourd['’]hui|demain|hier soir|maintenant|actuellement|actuel(?:le)?|hoy|mañana|ayer|ahora|actualmente|oggi|domani|ieri|adesso|attualmente|hoje|amanhã|ontem|agora|atualmente|vandaag|gisteren|nu|momenteel|idag|imorgon|igår|dzisiaj|jutro|wczoraj|teraz|сегодня|завтра|вчера|сейчас|bugün|yarın|dün|şimdi)(?!\p{L})|今日|明日|昨日|今週|来週|先週|今天|明天|昨天|现在|現在|最新|今年|来年|去年|오늘|내일|어제|지금|اليوم|غدا|أمس|الآن/iu;

/** Whether a text asks about a moment that moves. */
export function isTimeBound(text: string): boolean {
  return ENGLISH.some((pattern) => pattern.test(text)) || OTHER_LANGUAGES.test(text);
}
