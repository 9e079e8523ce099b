/** A new master key: everything that was sealed under the old one opens with it, or nothing has changed. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { AuditEntry } from "../../src/store/ports.ts";
import { createSeal } from "../../src/store/seal.ts";
import { opensProof, PROOF_SETTING, proofOf } from "../../src/store/seal-proof.ts";
import { StoreOpenError } from "../../src/store/sqlite/open-error.ts";
import { openSealedStore, SEALED_COLUMNS } from "../../src/store/sqlite/reseal.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { NOON_MS, temporaryDirectory } from "./support.ts";

const OLD = createSeal(Buffer.alloc(32, 1));
const NEW = createSeal(Buffer.alloc(32, 2));
const FOREIGN = createSeal(Buffer.alloc(32, 3));
const AUDIT: AuditEntry = {
  atMs: NOON_MS,
  actor: "cli",
  remoteAddress: null,
  action: "rotate",
  resource: "master key",
  resourceId: "master",
  name: null,
  before: null,
  after: null,
};
const LATER_MS = NOON_MS + 1_000_000;

async function filled(path: string, rows = 120) {
  const store = await openStore({ path });
  const sealedFor = (place: string) => OLD.seal(Buffer.from(`text of ${place}`), place);
  for (let n = 0; n < rows; n++) await store.answers.put(`a${n}`, sealedFor(`a${n}`), LATER_MS);
  await store.responses.put(
    Array.from({ length: rows }, (_, n) => ({ id: `r${n}`, sealed: sealedFor(`r${n}`) })),
    LATER_MS,
  );
  const common = { name: "up", settings: {}, createdAtMs: NOON_MS, updatedAtMs: NOON_MS, version: 1 };
  await store.routing.providers.insert(
    { ...common, id: "provider_1", sealed: sealedFor("providers/provider_1") },
    { ...AUDIT, resource: "provider" },
  );
  await store.settings.set(PROOF_SETTING, proofOf(OLD));
  await store.close();
}

/** What a key opens of it all. */
async function opened(path: string, seal: typeof OLD) {
  const store = await openStore({ path });
  try {
    const open = (sealed: string | null | undefined, place: string) => (sealed ? seal.open(sealed, place) : undefined);
    const texts = [
      ...(await Promise.all(
        Array.from({ length: 120 }, async (_, n) => open(await store.answers.get(`a${n}`, NOON_MS), `a${n}`)),
      )),
      ...(await Promise.all(
        Array.from({ length: 120 }, async (_, n) => open(await store.responses.get(`r${n}`, NOON_MS), `r${n}`)),
      )),
      ...(await store.routing.providers.list()).map(({ id, sealed }) => open(sealed, `providers/${id}`)),
    ];
    return {
      rows: texts.filter((text) => text?.toString().startsWith("text of ")).length,
      proof: opensProof(seal, (await store.settings.get(PROOF_SETTING))!),
      rotations: (await store.audit.list({ resource: "master key" }, { limit: 9 })).data.length,
    };
  } finally {
    await store.close();
  }
}

test("every row opens with the new key and none with the old one; it is audited; the old text is gone from the file", async () => {
  using directory = temporaryDirectory();
  await filled(directory.path);
  const old = new Database(`${directory.path}/state.db`, { readonly: true })
    .query("SELECT sealed FROM responses")
    .values();
  const store = openSealedStore(directory.path)!;
  const seen: [number, number][] = [];
  expect(
    store.reseal({ from: OLD, to: NEW, audit: AUDIT, onProgress: (done, total) => seen.push([done, total]) }),
  ).toEqual({
    rows: 241,
    unread: 0,
  });
  expect(store.scrub()).toBe(true);
  store.close();
  expect(seen.at(-1)).toEqual([241, 241]);
  expect(await opened(directory.path, NEW)).toEqual({ rows: 241, proof: true, rotations: 1 });
  expect(await opened(directory.path, OLD)).toMatchObject({ rows: 0, proof: false });
  const file = readFileSync(`${directory.path}/state.db`, "latin1");
  for (const [sealed] of old) expect(file).not.toContain(String(sealed));
});

test("what stops it in the middle leaves everything under the old key", async () => {
  using directory = temporaryDirectory();
  await filled(directory.path);
  const store = openSealedStore(directory.path)!;
  const onProgress = (done: number) => {
    if (done > 150) throw new Error("stopped");
  };
  expect(() => store.reseal({ from: OLD, to: NEW, audit: AUDIT, onProgress })).toThrow("stopped");
  store.close();
  expect(await opened(directory.path, OLD)).toEqual({ rows: 241, proof: true, rotations: 0 });
});

test("a row that the old key does not open stays as it was", async () => {
  using directory = temporaryDirectory();
  await filled(directory.path, 2);
  const before = await openStore({ path: directory.path });
  await before.answers.put("alien", FOREIGN.seal(Buffer.from("x"), "alien"), LATER_MS);
  await before.close();
  const store = openSealedStore(directory.path)!;
  expect(store.reseal({ from: OLD, to: NEW, audit: AUDIT, onProgress() {} })).toEqual({ rows: 5, unread: 1 });
  store.close();
  const after = await openStore({ path: directory.path });
  expect(FOREIGN.open((await after.answers.get("alien", NOON_MS))!, "alien")?.toString()).toBe("x");
  await after.close();
});

test("where the old key is lost, what it sealed is given up, and providers keep all but their keys", async () => {
  using directory = temporaryDirectory();
  await filled(directory.path, 2);
  const store = openSealedStore(directory.path)!;
  expect(store.reseal({ from: null, to: NEW, audit: AUDIT, onProgress() {} })).toEqual({ rows: 0, unread: 5 });
  store.close();
  const after = await openStore({ path: directory.path });
  expect(await after.answers.get("a0", NOON_MS)).toBeNull();
  expect(await after.responses.get("r0", NOON_MS)).toBeNull();
  expect(await after.routing.providers.list()).toMatchObject([{ name: "up", sealed: null }]);
  await after.close();
});

describe("refused", () => {
  test("while a process has the directory open", async () => {
    using directory = temporaryDirectory();
    const store = await openStore({ path: directory.path });
    expect(() => openSealedStore(directory.path)).toThrow(expect.objectContaining({ inUse: true }));
    expect(() => openSealedStore(directory.path)).toThrow(StoreOpenError);
    await store.close();
  });

  test("where there is nothing", () => {
    using directory = temporaryDirectory();
    expect(openSealedStore(directory.path)).toBeUndefined();
  });
});

test("no column of sealed text is forgotten", async () => {
  using directory = temporaryDirectory();
  await filled(directory.path, 1);
  const database = new Database(`${directory.path}/state.db`, { readonly: true });
  const tables = database.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const sealed = tables.filter(({ name }) =>
    database
      .query<{ name: string }, []>(`PRAGMA table_info(${name})`)
      .all()
      .some((column) => column.name === "sealed"),
  );
  database.close();
  expect(sealed.map(({ name }) => name).sort()).toEqual(SEALED_COLUMNS.map(({ table }) => table).sort());
});
