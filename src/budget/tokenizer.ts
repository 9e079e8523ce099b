/**
 * Counts tokens as OpenAI's current models do (byte-pair encoding `o200k_base`). The ranks come from the gpt-tokenizer
 * package; its own code builds them in one go, which stops every call for a third of a second, so they are read here,
 * in slices between which the event loop turns.
 */
import ranksFile from "gpt-tokenizer/data/o200k_base.tiktoken" with { type: "file" };

export interface Tokenizer {
  count(text: string): number;
}

/** Lines read before the event loop turns: about two milliseconds. */
const SLICE_LINES = 4_000;
/** Joining bytes is quadratic in the length of a piece; no word is longer. */
const MAX_PIECE_BYTES = 256;

/** How text is cut before bytes are joined: the pattern of `o200k_base`. */
const PIECES =
  /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

/** Resolves once the ranks are read, about a fifth of a second of work later. */
export async function loadTokenizer(): Promise<Tokenizer> {
  const text = await Bun.file(ranksFile).text();
  const ranks = new Map<string, number>();
  let start = 0;
  while (start < text.length) {
    for (let line = 0; line < SLICE_LINES && start < text.length; line++) {
      const space = text.indexOf(" ", start);
      const end = text.indexOf("\n", space);
      const stop = end === -1 ? text.length : end;
      ranks.set(
        Buffer.from(text.slice(start, space), "base64").toString("latin1"),
        Number(text.slice(space + 1, stop)),
      );
      start = stop + 1;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return {
    count(input) {
      let tokens = 0;
      for (const [piece] of input.matchAll(PIECES)) {
        const bytes = Buffer.from(piece).toString("latin1");
        if (ranks.has(bytes)) tokens += 1;
        else
          for (let at = 0; at < bytes.length; at += MAX_PIECE_BYTES)
            tokens += merged(bytes.slice(at, at + MAX_PIECE_BYTES), ranks);
      }
      return tokens;
    },
  };
}

/** Number of tokens of one piece: the pair of the lowest rank is joined until none has one. */
function merged(bytes: string, ranks: ReadonlyMap<string, number>): number {
  const parts = [...bytes];
  for (;;) {
    let lowest = Number.POSITIVE_INFINITY;
    let at = -1;
    for (let index = 0; index + 1 < parts.length; index++) {
      const rank = ranks.get(parts[index]! + parts[index + 1]!);
      if (rank === undefined || rank >= lowest) continue;
      lowest = rank;
      at = index;
    }
    if (at === -1) return parts.length;
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}
