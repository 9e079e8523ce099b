/** Reads a JSON or YAML configuration. */
import { extname } from "node:path";
import type { Fault } from "./fault.ts";
import { jsonFaultLine } from "./json-line.ts";
import type { LoadAnswer } from "./load-worker.ts";
import { toPlain } from "./plain.ts";

/** @param text the file's content */
export async function readData(file: string, text: string): Promise<LoadAnswer> {
  // Loaded on first need: a start without such a file does not pay for it.
  const { parseDocument } = await import("yaml");
  const json = extname(file) === ".json";
  const content = text.replace(/^\uFEFF/, "");
  const document = parseDocument(content, { prettyErrors: true, strict: true, uniqueKeys: true });
  const syntax = json ? jsonFault(content) : undefined;
  // JSON is a subset of YAML but for tabs here and there: of a well-formed JSON file only doubled keys are of interest.
  const errors = document.errors.filter(({ code }) => !json || code === "DUPLICATE_KEY");
  const faults: Fault[] = errors.map(({ message, code, linePos }) => ({
    path: "",
    message: code === "DUPLICATE_KEY" ? "the same key twice in one object" : firstLine(message),
    line: linePos?.[0].line,
  }));
  if (syntax) faults.unshift(syntax);
  if (faults.length > 0) return { faults: faults.slice(0, MAX_FAULTS), files: [file] };
  try {
    return { ...toPlain(json ? JSON.parse(content) : document.toJS()), files: [file] };
  } catch (error) {
    // Unresolved or excessive aliases.
    return { faults: [{ path: "", message: firstLine((error as Error).message) }], files: [file] };
  }
}

/** After the first few the parser has lost its way. */
const MAX_FAULTS = 5;

function jsonFault(text: string): Fault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return { path: "", message: (error as Error).message, line: jsonFaultLine(text) };
  }
}

/** `yaml` appends a position and an excerpt; the excerpt could hold a secret. */
function firstLine(message: string): string {
  return message.split("\n", 1)[0]!.replace(/ at line \d+, column \d+:$/, "");
}
