/** Labelled pairs with everything measured about them once. */
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eligibleRequest } from "../../src/cache/eligibility.ts";
import { loadModel } from "../../src/cache/embedding/model.ts";
import { climb, type GuardLevel } from "../../src/cache/guards/ladder.ts";
import { loadLexicon } from "../../src/cache/lexicon/lexicon.ts";
import { parseQuestion } from "../../src/cache/parse.ts";

export interface Pair {
  a: string;
  b: string;
  same: boolean;
  kind: string;
}

export interface Measured extends Pair {
  cosine: number;
  level: GuardLevel;
  /** The canonical keys are equal: found without the model. */
  canonical: boolean;
  /** Both texts may be cached by meaning at all. */
  eligible: boolean;
}

export interface DataSet {
  name: string;
  pairs: Measured[];
}

/** Reads what is there of the shared files, and the repository's own pairs. */
export function readPairs(directory: string | undefined): { name: string; pairs: Pair[] }[] {
  const sets: { name: string; pairs: Pair[] }[] = [];
  for (const name of ["traps", "banking77", "gptcache_mock"]) {
    const path = directory && join(directory, `${name}.jsonl`);
    if (path && existsSync(path)) sets.push({ name, pairs: readJsonl(path) });
  }
  const own = readJsonl(join(import.meta.dir, "../../test/cache/fixtures/own-pairs.jsonl")) as (Pair & {
    part: string;
  })[];
  for (const part of ["seen", "unseen"])
    sets.push({ name: `own, ${part}`, pairs: own.filter((pair) => pair.part === part) });
  return sets;
}

export async function measure(sets: readonly { name: string; pairs: Pair[] }[]): Promise<DataSet[]> {
  const model = await loadModel(tmpdir());
  const lexicon = loadLexicon();
  const vectors = new Map<string, Float32Array>();
  const vectorOf = async (text: string) => {
    const known = vectors.get(text);
    if (known) return known;
    const { vector } = await model.embed(text);
    vectors.set(text, vector);
    return vector;
  };
  const measured: DataSet[] = [];
  for (const { name, pairs } of sets) {
    const rows: Measured[] = [];
    for (const pair of pairs) {
      const [a, b] = [parseQuestion(pair.a, lexicon), parseQuestion(pair.b, lexicon)];
      const cosine = dot(await vectorOf(pair.a), await vectorOf(pair.b));
      const eligible = isEligible(pair.a) && isEligible(pair.b);
      rows.push({
        ...pair,
        cosine,
        level: climb(a, b, lexicon).level,
        canonical: a.canonical === b.canonical,
        eligible,
      });
    }
    measured.push({ name, pairs: rows });
  }
  return measured;
}

function isEligible(text: string): boolean {
  const messages = [{ role: "user" as const, content: text }];
  return eligibleRequest({ operation: "chat", dialect: "openai-chat", model: "m", stream: false, messages }).eligible;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

function readJsonl(path: string): Pair[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
