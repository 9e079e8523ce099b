import type { Fault } from "../config/fault.ts";

/** Why the process does not start, in words for the operator. Exit code 1. */
export class StartError extends Error {
  static ofFaults(faults: readonly Fault[]): StartError {
    return new StartError(faults.map(faultLine).join("\n"));
  }
}

/** `gateway.config.ts:3 models.fast.targets[1]: there is no provider "opnai". Did you mean "openai"?` */
export function faultLine({ file, line, path, message, nearest }: Fault): string {
  const place = [file === undefined ? "" : line === undefined ? file : `${file}:${line}`, path].filter(
    (part) => part !== "",
  );
  return `${place.join(" ")}${place.length > 0 ? ": " : ""}${message}${nearest === undefined ? "" : ` (did you mean "${nearest}"?)`}`;
}
