export interface TestTotals {
  passed: number;
  /** Failed tests. `bun test` includes errors thrown outside of any test. */
  failed: number;
  /** Skipped, and "todo": both are tests that did not run. */
  skipped: number;
  /** False when the output breaks off before the totals. */
  complete: boolean;
}

/** Reads the totals which `bun test` prints at its end, such as ` 12 pass`, ` 1 fail`, ` 2 skip`. */
export function parseTotals(output: string): TestTotals {
  // The last such line: what a test prints itself may look the same.
  const start = [...output.matchAll(/^ \d+ pass$/gm)].at(-1)?.index;
  const summary = start === undefined ? "" : output.slice(start);
  const count = (word: string) => Number(new RegExp(`^ (\\d+) ${word}$`, "m").exec(summary)?.[1] ?? 0);
  return {
    passed: count("pass"),
    failed: count("fail"),
    skipped: count("skip") + count("todo"),
    complete: /^Ran \d+ tests? across \d+ files?\./m.test(summary),
  };
}

/** Names of the tests which did not run, with their file, in order, each once. */
export function skippedTests(output: string): string[] {
  const names = new Set<string>();
  let file = "";
  for (const line of output.split("\n")) {
    file = /^(\S+\.test\.tsx?):$/.exec(line)?.[1] ?? file;
    const name = /^\((?:skip|todo)\) (.*?)(?: \[[\d.]+m?s\])?$/.exec(line)?.[1];
    if (name) names.add(`${file}: ${name}`);
  }
  return [...names];
}
