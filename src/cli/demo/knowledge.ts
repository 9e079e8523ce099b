/**
 * What the demo's callers ask and its simulated models say: a help desk, so that the same thing is asked in many words,
 * and an answer has something to be judged by.
 */

interface Topic {
  /** What a question has to hold to be one of this topic's. */
  about: RegExp;
  /** Wordings; `#` is a number that makes each question another one. */
  asks: readonly string[];
  /** `#` is the question's number. */
  answer: string;
  /** What a small model makes of it. */
  brief: string;
  /** Questions of this topic ask for JSON. */
  json?: true;
}

const TOPICS: readonly Topic[] = [
  {
    about: /passw?ord/i,
    asks: ["How do I reset my password?", "How can I reset my password?"],
    answer:
      "Open the sign-in page and choose “Forgot password”. We send a link to the address of your account; it is valid for one hour. Follow it, type the new password twice, and you are signed in again on this device. Other devices ask for the new one.",
    brief: "Use “Forgot password” on the sign-in page.",
  },
  {
    about: /cancel.*subscription/i,
    asks: ["How do I cancel my subscription?"],
    answer:
      "Go to Settings, then Billing, and choose “Cancel subscription”. It ends with the period you have paid for, and until then everything works as before. Your data stays for ninety days, so that you can come back without losing anything.",
    brief: "In Settings, under Billing.",
  },
  {
    about: /deliver/i,
    asks: ["How long does delivery take?", "How long does a delivery take?"],
    answer:
      "Two working days within the country and three to five within Europe, counted from the evening on which the parcel leaves the warehouse. You get a message with the carrier's number as soon as it does.",
    brief: "Usually a few days.",
  },
  {
    about: /parcel|order \d/i,
    asks: ["Where is my parcel for order #?", "What is the state of order #?", "When will order # arrive?"],
    answer:
      "Order # left the warehouse this morning and is with the carrier. It should be with you in two working days; the carrier sends a message with the hour on the day before. If nobody is at home it goes to the nearest parcel shop and is kept there for a week.",
    brief: "Order # is on its way.",
  },
  {
    about: /refund/i,
    asks: ["When do I get the refund for return #?", "Has the refund of return # been paid?"],
    answer:
      "The refund for return # was approved and goes back the way you paid: one to three working days by card, up to five by bank transfer. You find the receipt under Orders, then Returns.",
    brief: "Refunds take a few days.",
  },
  {
    about: /invoice number/i,
    asks: [
      "Extract the invoice number and the total as JSON with the fields invoice and total: “Invoice number #, total 99.50 EUR, due in 14 days.”",
    ],
    answer: '{"invoice": "#", "total": 99.5}',
    brief: 'Sure! Here is the JSON: {"invoice": "#", "total": "99.50 EUR"}',
    json: true,
  },
];

/** People are polite in many ways and mean the same: what the cache by meaning has to find out. */
const OPENINGS = ["", "", "Please, ", "Hello, ", "Hi, "];
const CLOSINGS = ["", "", " Thanks!", " Thank you."];

export interface Question {
  text: string;
  json: boolean;
}

export type Subject = "repeated" | "numbered" | "json";

/** One question, drawn at random: of a few wordings that come again and again, or with a number of its own. */
export function questionOn(subject: Subject, number: number, random: () => number): Question {
  const fits = TOPICS.filter(({ asks, json }) =>
    subject === "json" ? json : !json && asks[0]!.includes("#") === (subject === "numbered"),
  );
  const { asks, json } = drawn(fits, random);
  const asked = drawn(asks, random).replaceAll("#", String(number));
  const said = subject === "repeated" ? drawn(OPENINGS, random) + asked + drawn(CLOSINGS, random) : asked;
  return { text: said, json: json === true };
}

/** What a model says to a user's text; undefined where it knows nothing. */
export function answerTo(lastUserText: string, manner: "full" | "brief"): string | undefined {
  const topic = topicOf(lastUserText);
  return topic && numbered(topic[manner === "full" ? "answer" : "brief"], lastUserText);
}

/**
 * What the judge's model says: the share of the expected answer's words that the given one has. A made-up measure, but
 * one that is really taken.
 */
export function verdictOn(material: string): string {
  const { conversation, answer } = readMaterial(material);
  const expected = answerTo(conversation, "full");
  if (expected === undefined) return verdict(1, "Nothing to compare it with, and it is not empty.");
  const words = new Set(wordsOf(expected));
  const given = new Set(wordsOf(answer));
  const found = [...words].filter((word) => given.has(word)).length;
  return verdict(found / words.size, `It has ${found} of the ${words.size} words of the expected answer.`);
}

function verdict(score: number, reason: string): string {
  return JSON.stringify({ score: Math.round(score * 100) / 100, reason });
}

/** The JSON document between the judge's marks. */
function readMaterial(text: string): { conversation: string; answer: string } {
  const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  try {
    const { conversation, answer } = JSON.parse(json) as { conversation: { content: string }[]; answer: string };
    return { conversation: conversation.at(-1)?.content ?? "", answer };
  } catch {
    return { conversation: "", answer: "" };
  }
}

/** The last words of a cut answer, in brackets on a line of their own: how a model is asked to go on. */
const QUOTED_TAIL = /^\[([\s\S]+)\]$/m;

function topicOf(text: string): Topic | undefined {
  const tail = QUOTED_TAIL.exec(text)?.[1];
  if (tail === undefined) return TOPICS.find(({ about }) => about.test(text));
  const number = /\d{3,}/.exec(tail)?.[0] ?? "#";
  return TOPICS.find(({ answer }) => answer.replaceAll("#", number).includes(tail));
}

function numbered(answer: string, question: string): string {
  return answer.replaceAll("#", /\d{3,}/.exec(question)?.[0] ?? "");
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function drawn<T>(from: readonly T[], random: () => number): T {
  return from[Math.min(from.length - 1, Math.floor(random() * from.length))]!;
}
