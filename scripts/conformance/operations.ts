/** `bun scripts/conformance/operations.ts`: writes the table vendor × operation into docs/conformance.md. */
import type { Operation } from "../../src/canonical/call.ts";
import { offeredForm } from "../../src/providers/operations.ts";
import { completes, VENDORS, type Vendor } from "../../src/providers/vendors.ts";
import { writeMarked } from "./marked.ts";

const OPERATIONS: readonly [title: string, operation: Operation][] = [
  ["embeddings", "embed"],
  ["moderations", "moderate"],
  ["rerank", "rerank"],
  ["images", "image"],
  ["speech", "speech"],
  ["transcriptions", "transcribe"],
];
/** The dialect of all these clients but Gemini's. */
const CLIENT = "openai-chat";
/** A model that every vendor with the endpoint completes. */
const COMPLETING = "gpt-3.5-turbo-instruct";

export function operationsTable(): string {
  const titles = ["responses", "completions", "token count", ...OPERATIONS.map(([title]) => title)];
  const lines = [`| type | ${titles.join(" | ")} |`, `|---|${":-:|".repeat(titles.length)}`];
  for (const vendor of VENDORS.values()) {
    if (vendor.type === "simulated") continue;
    const marks = [
      vendor.responses ? "●" : "◐",
      completes(vendor, COMPLETING) ? "●" : "◐",
      offeredForm("count", vendor, "m") ? "●" : "○",
      ...OPERATIONS.map(([, operation]) => markOf(operation, vendor)),
    ];
    lines.push(`| ${vendor.type} | ${marks.join(" | ")} |`);
  }
  return lines.join("\n");
}

function markOf(operation: Operation, vendor: Vendor): string {
  const form = offeredForm(operation, vendor, "m");
  if (!form) return "–";
  return form.dialect === CLIENT ? "●" : "◐";
}

if (import.meta.main) await writeMarked("operations", operationsTable());
