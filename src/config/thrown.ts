/** What a file threw while it was loaded, as faults: file, line and cause, never a stack trace. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Fault } from "./fault.ts";

/** @param file the file that was asked for; where the fault is in another one, the fault names that */
export function thrownFaults(thrown: unknown, file: string): Fault[] {
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as ThrownByBun;
  // A syntax error: Bun throws one message, or several in an AggregateError, each with its position.
  const messages = error.errors?.length ? error.errors : error.position ? [error] : [];
  if (messages.length > 0) {
    return messages.slice(0, MAX_FAULTS).map(({ message, position }) => ({
      path: "",
      message: String(message),
      ...(position && { line: position.line, file: position.file || file }),
    }));
  }
  if (error.message === undefined) return [{ path: "", message: `threw ${printThrown(thrown)}` }];
  if (error.specifier !== undefined) return [unresolved(error, file)];
  const place = placeOf(error);
  const message = `${error.name && error.name !== "Error" ? `${error.name}: ` : ""}${firstLine(error.message)}`;
  return [{ path: "", message, ...place }];
}

/** After the first few the parser has lost its way. */
const MAX_FAULTS = 5;
const MAX_MESSAGE_LENGTH = 500;

interface ThrownByBun {
  name?: string;
  message?: string;
  errors?: ThrownByBun[];
  position?: { line: number; file: string } | null;
  line?: number;
  sourceURL?: string;
  /** Of an import that leads nowhere. */
  specifier?: string;
  referrer?: string;
}

/** Bun tells the importing file but not the line. */
function unresolved({ specifier = "", referrer = "" }: ThrownByBun, file: string): Fault {
  const importer = referrer.startsWith("/") ? referrer : file;
  const lines = existsSync(importer) ? readFileSync(importer, "utf8").split("\n") : [];
  const line = lines.findIndex((text) => text.includes(`"${specifier}"`) || text.includes(`'${specifier}'`)) + 1;
  return {
    path: "",
    message: `imports "${specifier}", which does not exist`,
    file: importer,
    ...(line > 0 && { line }),
  };
}

/** Where it was thrown, if that is a file of the operator's. */
function placeOf({ line, sourceURL }: ThrownByBun): { line?: number; file?: string } {
  if (!line || !sourceURL) return {};
  const file = sourceURL.startsWith("file:") ? fileURLToPath(sourceURL) : sourceURL;
  return file.startsWith("/") && !file.startsWith("/$bunfs/") ? { line, file } : {};
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.slice(0, MAX_MESSAGE_LENGTH);
}

function printThrown(thrown: unknown): string {
  return typeof thrown === "string" ? JSON.stringify(firstLine(thrown)) : `${typeof thrown}`;
}
