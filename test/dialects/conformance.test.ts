/** The published table of what crosses from dialect to dialect is what the dialects do, and nothing is lost in silence. */
import { expect, test } from "bun:test";
import { FEATURES } from "../../scripts/conformance/features.ts";
import { readMarked } from "../../scripts/conformance/marked.ts";
import { operationsTable } from "../../scripts/conformance/operations.ts";
import { featureTable, markOf, probed } from "../../scripts/conformance/table.ts";

test("docs/conformance.md is current (bun scripts/conformance/table.ts writes it)", async () => {
  expect(await readMarked("features")).toBe(featureTable().trim());
});

test("and so is its table of operations (bun scripts/conformance/operations.ts writes it)", async () => {
  expect(await readMarked("operations")).toBe(operationsTable());
});

test.each(FEATURES.map((feature) => [feature.name, feature] as const))(
  "%s is kept or warned of, never lost",
  (_, feature) => {
    const bad = probed().flatMap((from) =>
      probed().flatMap((to) => {
        const mark = markOf(from, to, feature);
        return mark === "lost" || mark === "refused" ? [`${from.name} to ${to.name}: ${mark}`] : [];
      }),
    );
    expect(bad).toEqual([]);
  },
);
