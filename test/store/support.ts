import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type { RequestRow } from "../../src/store/ports.ts";

/** A directory that is gone when the test ends: `using directory = temporaryDirectory()`. */
export function temporaryDirectory(): { path: string } & Disposable {
  const path = mkdtempSync(`${tmpdir()}/evergate-store-`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export const NOON_MS = Date.UTC(2026, 0, 12, 12);

/** An ordinary streamed call that went well. `n` makes id and time distinct, later for a higher one. */
export function requestRow(n: number, over: Partial<RequestRow> = {}): RequestRow {
  const usage = { input: 1_200, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 350, reasoning: 0 };
  return {
    id: `req_${String(n).padStart(24, "0")}`,
    startedAtMs: NOON_MS + n,
    operation: "chat",
    dialect: "openai-chat",
    keyId: "key_0123456789ab",
    keyName: "ci",
    team: "search",
    customer: null,
    user: null,
    model: "fast",
    provider: "openai",
    target: "openai/gpt-4o-mini",
    stream: true,
    status: 200,
    code: null,
    source: null,
    error: null,
    finish: "stop",
    failover: false,
    cache: "off",
    cacheScore: null,
    attempts: [
      {
        target: "openai/gpt-4o-mini",
        provider: "openai",
        model: "gpt-4o-mini",
        key: "key-1",
        kind: "first",
        startMs: 0.4,
        headMs: 210.5,
        firstContentMs: 240.1,
        totalMs: 1_810.7,
        outcome: "ok",
        status: 200,
        usage,
        costNanoUsd: 390_000,
      },
    ],
    warnings: [],
    usage,
    costNanoUsd: 390_000,
    totalMs: 1_811.25,
    firstContentMs: 240.5,
    overheadMs: 0.875,
    queuedMs: 0,
    tags: null,
    session: null,
    explanation: null,
    ...over,
  };
}

/**
 * What a promise rejects with, for promises that a worker or the test itself settles: in bun test 1.4.5
 * `expect(promise).rejects` waits inside the running turn, so neither ever gets its turn.
 */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in settled) return settled.error;
  throw new Error(`should have been rejected, but resolved to ${Bun.inspect(settled.value)}`);
}
