import { expect, test } from "bun:test";
import { parseTotals, skippedTests } from "../../scripts/test-output.ts";

const OUTPUT = `
test/a.test.ts:
 99 pass
(pass) ok [0.02ms]
(skip) page loads (needs chromium)
(todo) group > later
(fail) group > bad [1.14ms]

test/b.test.ts:

# Unhandled error between tests
error: Cannot find module './nope.ts' from 'test/b.test.ts'


 2 pass
 1 skip
 1 todo
 2 fail
 1 error
 1 expect() calls
Ran 6 tests across 2 files. [5.00ms]
`;

test.each([
  ["a mixed run", OUTPUT, { passed: 2, failed: 2, skipped: 2, complete: true }],
  [
    "a green run",
    "(pass) a\n\n 1 pass\n 0 fail\nRan 1 test across 1 file. [1.00ms]\n",
    { passed: 1, failed: 0, skipped: 0, complete: true },
  ],
  ["a crash before the totals", "(pass) a\nSegmentation fault", { passed: 0, failed: 0, skipped: 0, complete: false }],
  ["nothing", "", { passed: 0, failed: 0, skipped: 0, complete: false }],
])("totals of %s", (_, output, totals) => {
  expect(parseTotals(output)).toEqual(totals);
});

test("names each test that did not run, with its file", () => {
  expect(skippedTests(OUTPUT)).toEqual([
    "test/a.test.ts: page loads (needs chromium)",
    "test/a.test.ts: group > later",
  ]);
});

test("a run with an error outside of any test fails and says so in its last line", async () => {
  const directory = `${import.meta.dir}/../../node_modules/.cache/evergate-test-${process.pid}`;
  await Bun.write(`${directory}/broken.test.ts`, `import "./absent.ts";`);
  try {
    const child = Bun.spawn([process.execPath, "test", "./broken.test.ts"], { cwd: directory, stderr: "pipe" });
    expect(parseTotals(await new Response(child.stderr).text())).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      complete: true,
    });
  } finally {
    await Bun.$`rm -rf ${directory}`;
  }
});
