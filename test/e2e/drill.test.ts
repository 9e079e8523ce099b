import { expect, test } from "bun:test";
import { runEvergate } from "./harness.ts";

const SIXTEEN = Array.from({ length: 16 }, (_, index) => String(index + 1).padStart(2, "0"));

test("the binary drills itself: sixteen of sixteen, in both modes, over every upstream dialect", async () => {
  const env = { OLLAMA_BASE_URL: "http://127.0.0.1:9" };
  const { exitCode, stdout, stderr } = await runEvergate(["drill", ...SIXTEEN, "--json"], { env });
  expect(stderr).toBe("");
  const { summary, results } = JSON.parse(stdout);
  expect(results.filter(({ verdict }: { verdict: string }) => verdict === "fail")).toEqual([]);
  expect(summary.faults).toEqual({ passed: 16, total: 16, skipped: [] });
  expect(exitCode).toBe(0);
}, 60_000);
