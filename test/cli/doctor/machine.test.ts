import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { lookAtPrivacy } from "../../../src/cli/doctor/machine.ts";

test.each<[number, Record<string, number>, string[]]>([
  [0o700, { "master.key": 0o644, "state.db": 0o666 }, []],
  [0o755, { "master.key": 0o600, "state.db": 0o600, "log.db": 0o600 }, []],
  [0o755, { "master.key": 0o644, "state.db": 0o600 }, ["master.key"]],
  [0o710, { "master.key": 0o600, "state.db": 0o640, "log.db": 0o602 }, ["state.db, log.db"]],
])("a data directory with mode %o and files %j", (mode, files, named) => {
  const path = mkdtempSync(`${tmpdir()}/evergate-privacy-`);
  try {
    for (const [name, one] of Object.entries(files)) {
      writeFileSync(`${path}/${name}`, "");
      chmodSync(`${path}/${name}`, one);
    }
    chmodSync(path, mode);
    const findings = lookAtPrivacy(path);
    expect(findings.map(({ detail }) => detail.replace(/^.* change /, ""))).toEqual(named);
    for (const { verdict, remedy } of findings) expect([verdict, remedy]).toEqual(["warn", `chmod 700 ${path}`]);
  } finally {
    rmSync(path, { recursive: true });
  }
});

test("a directory that is not there yet is nobody's to read", () => {
  expect(lookAtPrivacy(`${tmpdir()}/evergate-no-such-directory`)).toEqual([]);
});
