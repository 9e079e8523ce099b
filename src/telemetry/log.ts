import { Writable } from "node:stream";
import pino from "pino";
import pretty from "pino-pretty";
import type { Log, LogLevel } from "../canonical/deps.ts";
import { redactFields, redactText } from "./redact.ts";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
/** Lines kept while stdout takes none; later ones are dropped. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface LoggerOptions {
  level: LogLevel;
  /** Readable lines for a person; otherwise one JSON object a line. */
  terminal: boolean;
  /** Stdout when absent. */
  destination?: { write(text: string): void };
}

/**
 * Fields may hold errors: their messages and causes are written, at level `debug` also the places in our own files.
 * Secrets that got into a message or a field are cut out.
 */
export function createLogger({ level, terminal, destination }: LoggerOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Errors arrive as plain objects: pino's own serializer would add their stacks.
      serializers: { err: (value) => value },
    },
    terminal ? prettyStream(destination) : (destination ?? standardOutput()),
  );
  const stacks = level === "debug";
  return (lineLevel, message, fields) => {
    if (!logger.isLevelEnabled(lineLevel)) return;
    logger[lineLevel](fields ? redactFields(fields, stacks) : {}, redactText(message));
  };
}

/** @throws Error with a sentence for the terminal when the text is no level. Absent or empty: `info`. */
export function logLevelOf(text: string | undefined): LogLevel {
  if (!text) return "info";
  const level = LEVELS.find((known) => known === text.toLowerCase());
  if (!level) throw new Error(`EVERGATE_LOG must be one of ${LEVELS.join(", ")}, not "${text}".`);
  return level;
}

/**
 * Written in the thread itself: a transport's thread cannot be found in the compiled binary, and SonicBoom's
 * asynchronous mode never returns from its flush at exit when stdout is a closed pipe or a full disk (4.2, 2026-11).
 */
function standardOutput() {
  const stream = pino.destination({ dest: 1, sync: true, maxLength: MAX_BUFFERED_BYTES });
  // Nobody can be told that the log cannot be written; serving goes on.
  stream.on("error", () => {});
  return stream;
}

function prettyStream(destination: LoggerOptions["destination"]) {
  return pretty({
    colorize: destination === undefined,
    messageKey: "message",
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    sync: true,
    ...(destination && { destination: asWritable(destination) }),
  });
}

function asWritable(destination: { write(text: string): void }): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      destination.write(String(chunk));
      done();
    },
  });
}
