import { AGENTS, DEGREE_NOUNS, DEGREES, RULES } from "./frame-rules.ts";

export interface Framed {
  frame: string;
  rest: string;
}

/**
 * The shape of a question, apart from what it is about: "How tall is X", "What is the height of X" and "tell me X's
 * height" ask one thing. A frame is a name; the rest of the sentence is what is asked about. Words are lower-case, in one
 * spelling, without courtesy.
 */
export function frame(asked: string): Framed {
  const sentence = asked.replace(EMBEDDED, "$1 $3 $2");
  const agent = AGENT_RULE.exec(sentence);
  if (agent) return { frame: "who", rest: `${AGENTS[agent[1]!]} ${agent[2]}` };
  const degree = DEGREE_RULE.exec(sentence);
  if (degree) return { frame: DEGREES[degree[1]!]!, rest: `${past(sentence)}${degree[2]}` };
  const noun = NOUN_RULE.exec(sentence);
  if (noun) return { frame: noun[1]!, rest: `${past(sentence)}${noun[2]}` };
  for (const [pattern, name, rest = "$1"] of RULES) {
    const found = pattern.exec(sentence);
    if (!found) continue;
    const named = name.replace("$1", found[1] ?? "");
    const text = rest.replace(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? "").trim();
    if (text !== "") return { frame: named, rest: text };
  }
  return { frame: "say", rest: sentence };
}

/** The past must not get lost with the words that a frame swallows. */
function past(sentence: string): string {
  return /^\S+ \S+ (?:was|were) |^what (?:was|were) /.test(sentence) ? "was " : "";
}

/** "what the capital of X is", as it stands behind "tell me". */
const EMBEDDED =
  /^(what|who|where|when) (?!is |are |was |were |do |does |did |can |should |will )(.+) (is|are|was|were|means)$/;
const AGENT_RULE = new RegExp(`^who (?:is|was|are|were) the (${Object.keys(AGENTS).join("|")})s? of (.+)$`);
const DEGREE_RULE = new RegExp(`^how (${Object.keys(DEGREES).join("|")}) (?:is|are|was|were) (?:it )?(.+)$`);
const NOUN_RULE = new RegExp(
  `^(?:what|which) (?:is|are|was|were) (?:the )?(${DEGREE_NOUNS}) ((?:of|between|from|in) .+)$`,
);

/** "In Python, how …" and "Python: how …" put their place behind the question, where others write it. */
export function topicLast(sentence: string): string {
  const led = /^((?:in|for|on|with|as|under|during|at) (?:\S+ ){0,4}\S+) , (.+)$/.exec(sentence);
  if (led && !led[1]!.includes(",")) return `${led[2]} ${led[1]}`;
  const topic =
    /^((?:\S+ ){0,2}\S+) : ((?:what|which|who|when|where|why|how|is|are|can|do|does|should|find|list|tips) .+)$/.exec(
      sentence,
    );
  if (
    topic &&
    !/^(?:answer|act|give|write|translate|context|given|question|note|reply|respond|assume|imagine|explain|summarize)/.test(
      topic[1]!,
    )
  )
    return `${/^(?:find|list)/.test(topic[2]!) ? "how to " : ""}${topic[2]} of ${topic[1]}`;
  return sentence;
}
