/**
 * Long prompts take longer to a first token, and whole answers longer than first tokens. So that a target which
 * happens to get the long ones doesn't look slow, every sample is put on the scale of a short prompt's first token.
 * What a bucket takes on average is learnt over all targets together: a single slow target can't hide in it.
 */
export interface PromptScale {
  /** What the sample would have been in the smallest bucket that was met. */
  normalise(ms: number, bucket: number): number;
  isStream(bucket: number): boolean;
}

/** Upper ends of prompt sizes in bytes; beyond the last is one more bucket. */
const PROMPT_BYTES = [4_096, 16_384, 65_536, 262_144, 1_048_576];
/** Whole answers take as long as they are: upper ends of output in tokens. */
const OUTPUT_TOKENS = [16, 64, 256, 1_024, 4_096];
const PROMPT_BUCKETS = PROMPT_BYTES.length + 1;
const BUCKETS = PROMPT_BUCKETS * (OUTPUT_TOKENS.length + 2);
/** Share of a new sample in its bucket's average, once that has settled. */
const LEARNING_RATE = 0.02;

/** @param outputTokens of a whole answer; absent for a stream, where the first content ends the measurement. */
export function bucketOf(promptBytes: number, outputTokens?: number): number {
  const prompt = sizeClass(promptBytes, PROMPT_BYTES);
  return outputTokens === undefined ? prompt : (1 + sizeClass(outputTokens, OUTPUT_TOKENS)) * PROMPT_BUCKETS + prompt;
}

export function createPromptScale(): PromptScale {
  /** Of the logarithms: a slow target among the samples weighs no more than it is slow. */
  const averageLog = new Array<number>(BUCKETS).fill(0);
  const samples = new Array<number>(BUCKETS).fill(0);
  let smallest = BUCKETS;
  return {
    normalise(ms, bucket) {
      samples[bucket] = samples[bucket]! + 1;
      const rate = Math.max(LEARNING_RATE, 1 / samples[bucket]!);
      averageLog[bucket] = averageLog[bucket]! + (Math.log(Math.max(1, ms)) - averageLog[bucket]!) * rate;
      if (bucket < smallest) smallest = bucket;
      return ms * Math.exp(averageLog[smallest]! - averageLog[bucket]!);
    },
    isStream: (bucket) => bucket < PROMPT_BUCKETS,
  };
}

function sizeClass(size: number, upperEnds: readonly number[]): number {
  const index = upperEnds.findIndex((end) => size <= end);
  return index < 0 ? upperEnds.length : index;
}
