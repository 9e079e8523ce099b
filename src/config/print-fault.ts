/** A fault as a line for people. */
import type { Fault } from "./fault.ts";

/** `gateway.config.ts: models.fast.targets[1]: no provider "opena". Did you mean "openai/gpt-4o"?` */
export function printFault({ file, line, path, message, nearest }: Fault): string {
  const place = file === undefined ? [] : [line === undefined ? file : `${file}:${line}`];
  const hint = nearest === undefined ? "" : `. Did you mean "${nearest}"?`;
  return [...place, ...(path === "" ? [] : [path]), `${message}${hint}`].join(": ");
}
