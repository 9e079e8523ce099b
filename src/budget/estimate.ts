/** What an attempt used, counted here where the upstream gave no numbers: its answer was cut, or it never says. */
import type { Call } from "../canonical/call.ts";
import type { Json } from "../canonical/chat.ts";
import { NO_USAGE, type Usage } from "../canonical/usage.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

export interface Estimator {
  /** Marked `estimated`. */
  estimate(call: Call, answerText: string): Usage;
}

/** Of longer texts this much is counted, and the rest taken to be like it: some milliseconds at most. */
const SAMPLE_CHARACTERS = 16_384;
/** Until the tokenizer is there. */
const CHARACTERS_A_TOKEN = 4;
/** What roles and separators of a message take up. */
const MESSAGE_TOKENS = 4;
/** An image or page of about a megapixel, at the usual providers. */
const MEDIA_TOKENS = 1_000;
/** A text without a space of this length is data in base64. */
const MEDIA_CHARACTERS = 2_000;
/** Parts of a body that the model reads, in any dialect. */
const READ_FIELDS = [
  "messages",
  "system",
  "tools",
  "contents",
  "systemInstruction",
  "input",
  "instructions",
  "prompt",
  "generateContentRequest",
  "content",
  "requests",
  "query",
  "documents",
];

/** The tokenizer is loaded at the first need, which itself is still counted by length. */
export function createEstimator(load: () => Promise<Tokenizer> = loadTokenizer): Estimator {
  let tokenizer: Tokenizer | undefined;
  let loading = false;
  const loadOnce = async () => {
    loading = true;
    try {
      tokenizer = await load();
    } catch {
      // Estimates stay rougher; the next need tries again.
    } finally {
      loading = false;
    }
  };
  const count = (text: string): number => {
    if (text === "") return 0;
    if (!tokenizer) return Math.ceil(text.length / CHARACTERS_A_TOKEN);
    if (text.length <= SAMPLE_CHARACTERS) return tokenizer.count(text);
    return Math.ceil((tokenizer.count(text.slice(0, SAMPLE_CHARACTERS)) * text.length) / SAMPLE_CHARACTERS);
  };
  return {
    estimate(call, answerText) {
      if (!tokenizer && !loading) void loadOnce();
      return { ...NO_USAGE, input: inputTokens(call, count), output: count(answerText), estimated: true };
    },
  };
}

function inputTokens(call: Call, count: (text: string) => number): number {
  const { json } = call.body;
  const texts: string[] = [];
  let media = 0;
  const collect = (value: Json | undefined): void => {
    if (typeof value === "string") {
      if (value.startsWith("data:") || (value.length > MEDIA_CHARACTERS && !/\s/.test(value))) media += 1;
      else texts.push(value);
    } else if (Array.isArray(value)) for (const item of value) collect(item);
    else if (value && typeof value === "object") {
      for (const [name, item] of Object.entries(value)) {
        if (name === "url") media += 1;
        else collect(item);
      }
    }
  };
  for (const field of READ_FIELDS) collect(json[field]);
  const { messages } = json;
  const turns = Array.isArray(messages) ? messages.length : 1;
  return count(texts.join(" ")) + turns * MESSAGE_TOKENS + media * MEDIA_TOKENS;
}
