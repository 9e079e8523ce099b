/** Keeps answers, and learns from those that came although something like them was stored. */
import type { Call } from "../canonical/call.ts";
import type { JsonObject } from "../canonical/chat.ts";
import { collect } from "../canonical/events.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import { sizeOf, toRow } from "./answers/rows.ts";
import type { CacheParts } from "./cache.ts";
import { sharableAnswer, storableAnswer } from "./eligibility.ts";
import { type Entry, NO_ANSWER } from "./entry.ts";
import type { Judge } from "./judge.ts";
import { createLessons } from "./lessons.ts";
import type { Lookup } from "./lookup.ts";

/** Longer last user texts are kept as far as this. */
const MAX_TEXT_CHARACTERS = 4_000;

export interface Storing {
  /** Once the client has its answer, or when somebody asks for the same. */
  later(call: Call, lookup: Lookup, reply: Reply, pieces: readonly Piece[], judge: Judge | undefined): void;
}

export function createStoring(parts: CacheParts): Storing {
  const { deps, front, keeper, embedder, ended } = parts;
  const { clock } = deps;
  const lessons = createLessons(parts);

  const entryOf = (call: Call, lookup: Lookup, { answer, written }: Ended): Entry | undefined => {
    const { record, principal } = call;
    if (!record.answeredBy || !(written || storableAnswer(answer).storable)) return undefined;
    const { options, key, analysis } = lookup;
    const storedAtMs = clock.now();
    const entry: Entry = {
      key,
      space: options.space,
      model: call.model,
      keyId: principal.id,
      keyName: principal.name,
      text: analysis?.text ?? textOf(call, lookup),
      answer,
      ...(written && { written }),
      origin: {
        requestId: call.id,
        answeredBy: record.answeredBy,
        warnings: [...record.warnings],
        usage: record.usage ?? null,
        costNanoUsd: record.costNanoUsd,
        tookMs: record.totalMs ?? clock.monotonic() - record.startedAt,
      },
      storedAtMs,
      exactUntilMs: storedAtMs + options.exact.ttlMs,
    };
    if (analysis && options.semantic && sharableAnswer(answer, record.warnings).storable) {
      const { canonical, question } = analysis;
      entry.semantic = { canonical, question, untilMs: storedAtMs + options.semantic.ttlMs };
    }
    return entry;
  };

  /** The vector of a stored question, when there is time for it. */
  const vectorOf = async (lookup: Lookup) => {
    const { analysis } = lookup;
    if (!analysis || !(await embedder.warm())) return undefined;
    const embedding = await embedder.embed(analysis.text);
    return embedding && { context: analysis.context, vector: embedding.vector };
  };

  const store = async (
    call: Call,
    lookup: Lookup,
    ended: Ended | undefined,
    judge: Judge | undefined,
  ): Promise<void> => {
    const entry = ended && entryOf(call, lookup, ended);
    if (!entry) return;
    const row = toRow(entry);
    const bytes = sizeOf(row);
    const { exact, semantic: meaning } = lookup.options;
    if (bytes > exact.maxBytes) return;
    front.set(entry, bytes);
    keeper.put(row, { maxBytes: exact.maxBytes, maxSemantic: meaning?.maxEntries ?? 0 });
    if (!entry.semantic) return;
    const vector = await vectorOf(lookup);
    if (vector) keeper.putVector({ key: entry.key, ...vector });
    await lessons.learn(lookup, ended.answer, judge);
  };

  return {
    later(call, lookup, reply, pieces, judge) {
      const failed = (error: unknown) => deps.log("warn", "An answer could not be kept in the cache.", { error });
      ended.add(lookup.key, () => {
        try {
          store(call, lookup, answerOf(call, reply, pieces), judge).catch(failed);
        } catch (error) {
          failed(error);
        }
      });
    },
  };
}

/** An answer as it ended: in canonical form, or as its client read it. */
type Ended = Pick<Entry, "answer" | "written">;

function answerOf({ operation }: Call, reply: Reply, pieces: readonly Piece[]): Ended | undefined {
  if (operation !== "chat") {
    const [piece, ...others] = pieces;
    if (!piece?.bytes || others.length > 0) return undefined;
    return { answer: NO_ANSWER, written: { dialect: reply.dialect, body: new TextDecoder().decode(piece.bytes) } };
  }
  const read = reply.reader();
  const events = pieces.flatMap((piece) => [...read(piece)]);
  return events.some(({ type }) => type === "error") ? undefined : { answer: collect(events) };
}

/** For people, and for the purge by text. */
function textOf({ body }: Call, { request }: Lookup): string {
  if (!request) return textsIn(body.json).slice(0, MAX_TEXT_CHARACTERS);
  const content = request.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const text =
    typeof content === "string" ? content : content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  return text.slice(0, MAX_TEXT_CHARACTERS);
}

/** What an embedding call is about, in any dialect. */
function textsIn({ input, content, requests }: JsonObject): string {
  const found = [input, content, requests].find((one) => one !== undefined);
  return typeof found === "string" ? found : JSON.stringify(found ?? "");
}
