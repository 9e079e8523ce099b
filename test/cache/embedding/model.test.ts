import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { MAX_PIECES } from "../../../src/cache/embedding/limits.ts";
import { type EmbeddingModel, loadModel } from "../../../src/cache/embedding/model.ts";
import golden from "../fixtures/golden.json";

const sentences: readonly { text: string; ids: number[]; embedding: number[] }[] = golden.sentences;
const loading: Promise<EmbeddingModel> = loadModel(tmpdir());

test.each(sentences.map((sentence, index) => [index, sentence] as const))("golden text %p", async (_, sentence) => {
  const model = await loading;
  expect(model.tokenize(sentence.text).ids).toEqual(sentence.ids);
  const { vector } = await model.embed(sentence.text);
  expect(cosine(vector, sentence.embedding)).toBeGreaterThanOrEqual(0.9995);
});

test("the vector has unit length, so that a dot product is a cosine", async () => {
  const { vector } = await (await loading).embed("How do magnets work?");
  expect(vector).toHaveLength(384);
  expect(vector.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
});

test("a long text is cut to what the model can see, and its true length is told", async () => {
  const model = await loading;
  const { ids, pieces } = model.tokenize("word ".repeat(400));
  expect(ids).toHaveLength(MAX_PIECES);
  expect(ids.at(-1)).toBe(102);
  expect(pieces).toBe(402);
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < b.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}
