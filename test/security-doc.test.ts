/** Every test that docs/security.md names is there, under that name. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

const doc = readFileSync(`${import.meta.dir}/../docs/security.md`, "utf8");
const named = [...doc.matchAll(/`(test\/[\w./-]+\.test\.ts)`: "([^"]+)"/g)].map(
  ([, file, name]) => [file!, name!] as const,
);

test.each(named)("%s: %s", (file, name) => {
  const path = `${import.meta.dir}/../${file}`;
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, "utf8").includes(name)).toBe(true);
});

test("every row of the tables of threats names a proof", () => {
  const rows = doc.split("\n").filter((line) => line.startsWith("| ") && line.split("|").length === 5);
  const threats = rows.filter((line) => !line.startsWith("| threat |") && !line.startsWith("| who |"));
  const unproven = threats.filter(
    (line) =>
      !line.includes("`test/") &&
      !/^\| (?:the operator|a holder|`viewer`|`team`|a virtual key|a provider|a web page|somebody with a copy)/.test(
        line,
      ),
  );
  expect(unproven).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});
