import type { Log, LogLevel } from "../../src/canonical/deps.ts";

export interface LogLine {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

export interface CollectingLog {
  log: Log;
  lines: LogLine[];
  /** Messages of one level, in order. */
  messages(level: LogLevel): string[];
  /** Everything that was logged as one text, to search for what must not be in it. */
  text(): string;
}

export function collectingLog(): CollectingLog {
  const lines: LogLine[] = [];
  return {
    lines,
    log: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    messages: (level) => lines.filter((line) => line.level === level).map((line) => line.message),
    text: () => lines.map((line) => `${line.level} ${line.message} ${inspect(line.fields)}`).join("\n"),
  };
}

/** Errors keep their text and their cause, which JSON would drop. */
function inspect(fields: Record<string, unknown>): string {
  return Bun.inspect(fields, { depth: 10 });
}
