/** Idempotent answers that outlive the process: sealed in the store, opened again in the dialect they were written in. */
import type { CallRecord } from "../canonical/record.ts";
import type { Piece } from "../canonical/reply.ts";
import { shareReply } from "../canonical/share.ts";
import { DIALECTS } from "../dialects/index.ts";
import { openaiCompletions } from "../dialects/openai-completions/openai-completions.ts";
import type { AnswersPort } from "../store/ports.ts";
import type { Seal } from "../store/seal.ts";
import type { KeptAnswer, KeptAnswers } from "./idempotency.ts";

/** As JSON; `bytes` are base64. */
interface Written {
  fingerprint: string;
  expiresAtMs: number;
  answeredBy: CallRecord["answeredBy"];
  requestId: string;
  dialect: string;
  form: "stream" | "whole";
  pieces: (Omit<Piece, "bytes" | "seam"> & { bytes?: string; seam?: { from: string; to: string } })[];
}

export function createKeptAnswers(port: AnswersPort, seal: Seal, now: () => number): KeptAnswers {
  return {
    async get(id) {
      const place = placeOf(id);
      const sealed = await port.get(place, now());
      const plain = sealed === null ? undefined : seal.open(sealed, place);
      return plain ? restore(JSON.parse(new TextDecoder().decode(plain)) as Written) : null;
    },
    async put(id, answer) {
      const place = placeOf(id);
      const written = write(answer);
      if (written)
        await port.put(place, seal.seal(new TextEncoder().encode(JSON.stringify(written)), place), answer.expiresAtMs);
    },
  };
}

/** Neither the principal nor the key a client chose is stored in clear. */
function placeOf(id: string): string {
  return new Bun.CryptoHasher("sha256").update(id).digest("hex");
}

function write({ reply, ...known }: KeptAnswer): Written | undefined {
  const joined = reply.join();
  const pieces = reply.pieces();
  void joined?.pieces.return?.();
  if (!joined || !pieces) return undefined;
  // After a seam nothing has bytes, and what came before it is part of `sent` again: the writer's state is not kept.
  const written = pieces.map(({ bytes, events, seam, ...rest }) => ({
    ...rest,
    ...(bytes && { bytes: Buffer.from(bytes).toString("base64") }),
    // What a stream's bytes say is read of them again; a whole answer is not written as a stream.
    ...((!bytes || joined.form === "whole") && { events }),
    ...(seam && { seam: { from: seam.from, to: seam.to } }),
  }));
  return { ...known, dialect: joined.dialect, form: joined.form, pieces: written };
}

function restore({ dialect: name, form, pieces, ...known }: Written): KeptAnswer | null {
  const dialect = [...DIALECTS, openaiCompletions].find((one) => one.name === name);
  if (!dialect) return null;
  const restored: Piece[] = [];
  for (const { bytes, seam, ...rest } of pieces) {
    const piece: Piece = { ...rest };
    if (bytes !== undefined) piece.bytes = new Uint8Array(Buffer.from(bytes, "base64"));
    if (seam) piece.seam = { ...seam, sent: [...restored] };
    restored.push(piece);
  }
  const left = [...restored];
  const reply = shareReply({
    dialect: name,
    form,
    reader: () => {
      const read = dialect.eventReader();
      // A piece with neither (Gemini's finish) means something to its reader.
      return (piece) => piece.events ?? read(piece);
    },
    pieces: {
      async next() {
        const value = left.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
    },
  });
  return { ...known, reply };
}
