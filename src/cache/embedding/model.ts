/**
 * Text in, one unit vector of 384 numbers out: all-MiniLM-L6-v2, 8 bit. Runs for milliseconds without a pause, so it
 * belongs in a worker, never on the event loop that serves calls. In the compiled binary everything is embedded; the
 * addon finds its library by name, so that must be loaded before the addon is.
 */
import { dlopen } from "bun:ffi";
import type * as Onnx from "onnxruntime-node";
import { isEmbedded } from "./embedded.ts";
import { extractLibrary } from "./extract.ts";
import { MAX_PIECES } from "./limits.ts";
import modelPath from "./model/model.onnx" with { type: "file" };
import tokenizerFile from "./model/tokenizer.json" with { type: "file" };
import tokenizerConfigFile from "./model/tokenizer_config.json" with { type: "file" };
import { nativeLibrary } from "./native.ts";

// TypeScript types a JSON import by its content, whatever the import attribute says.
const tokenizerPath = tokenizerFile as unknown as string;
const tokenizerConfigPath = tokenizerConfigFile as unknown as string;

export interface Embedding {
  /** Unit length: the dot product of two is their cosine. */
  vector: Float32Array;
  /** Word pieces of the whole text, also of the part that was cut. */
  pieces: number;
}

export interface EmbeddingModel {
  /** Ids as the model gets them: at most MAX_PIECES. `pieces` counts the whole text. */
  tokenize(text: string): { ids: number[]; pieces: number };
  embed(text: string): Promise<Embedding>;
}

/** Loads the model. Rejects when the platform has no library or loading fails. `libraryDirectory`: see `extractLibrary`. */
export async function loadModel(libraryDirectory: string): Promise<EmbeddingModel> {
  await preloadLibrary(libraryDirectory);
  const { InferenceSession, Tensor } = (await import("onnxruntime-node")) as typeof Onnx;
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const tokenizer = new Tokenizer(await Bun.file(tokenizerPath).json(), await Bun.file(tokenizerConfigPath).json());
  const session = await InferenceSession.create(await Bun.file(modelPath).bytes(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
  });

  const tokenize = (text: string) => {
    const { ids } = tokenizer.encode(text);
    // The tokenizer ignores the truncation its own file asks for.
    const cut = ids.length > MAX_PIECES ? [...ids.slice(0, MAX_PIECES - 1), ids.at(-1)!] : ids;
    return { ids: cut, pieces: ids.length };
  };

  return {
    tokenize,
    async embed(text) {
      const { ids, pieces } = tokenize(text);
      const shape = [1, ids.length];
      const { embedding } = await session.run({
        input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
        attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
      });
      return { vector: Float32Array.from(embedding!.data as Float32Array), pieces };
    },
  };
}

async function preloadLibrary(directory: string): Promise<void> {
  const library = await nativeLibrary();
  if (!library) throw new Error(`no inference library for ${process.platform} on ${process.arch}`);
  // In node_modules the library lies beside the addon, which finds it there.
  if (!isEmbedded(library.path)) return;
  const path = extractLibrary(await Bun.file(library.path).bytes(), directory, library.name);
  dlopen(path, { OrtGetApiBase: { args: [], returns: "ptr" } });
}
