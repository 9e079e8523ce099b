import type { EntryRow } from "../../src/cache/answers/rows.ts";

/** 64 hexadecimal digits. */
export function hash(name: string): string {
  return new Bun.CryptoHasher("sha256").update(name).digest("hex");
}

/** A stored answer whose key is the hash of `name`. */
export function rowOf(name: string, more: Partial<EntryRow> = {}): EntryRow {
  const semantic = more.canonical !== undefined;
  return {
    key: hash(name),
    space: "",
    model: "fast",
    keyId: "key_1",
    keyName: "ci",
    text: "question",
    answer: '"answer"',
    origin: "{}",
    storedAtMs: 500,
    exactUntilMs: 10_000,
    semanticUntilMs: semantic ? 10_000 : 0,
    canonical: null,
    question: semantic ? '{"version":1}' : null,
    ...more,
  };
}
