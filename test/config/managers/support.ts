import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManagers } from "../../../src/config/managers/managers.ts";
import { type ManagerKind, readKey } from "../../../src/config/managers/reference.ts";
import { collectingLog } from "../../support/collecting-log.ts";
import type { Double } from "../../support/secrets/double.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

/** Managers of one kind that ask a double, and what a reading of one reference came to. */
export function managersOf(
  kind: ManagerKind,
  double: Double,
  environment: Record<string, string>,
  clock = simulatedClock(),
) {
  const { log, lines } = collectingLog();
  const managers = createManagers({ environment, clock, fetch: (url, init) => double.fetch(url, init), log });
  const use = (name: string) => ({ place: `providers.${name}`, kind, name });
  return {
    clock,
    lines,
    managers,
    use,
    /** The value, or the fault's words. */
    async read(name: string): Promise<string> {
      const read = (await managers.fetch([use(name)])).get(readKey(use(name)))!;
      return "value" in read ? read.value : read.fault;
    },
  };
}

/** A file that is gone when the scope ends. */
export function secretFile(text: string) {
  const directory = mkdtempSync(join(tmpdir(), "evergate-secret-"));
  const path = join(directory, "credential");
  writeFileSync(path, text);
  return {
    path,
    write: (next: string) => writeFileSync(path, next),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
