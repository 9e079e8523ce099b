import { expect, test } from "bun:test";
import {
  createSessions,
  MAX_SESSIONS_PER_PERSON,
  type Person,
  SESSION_IDLE_MS,
  SSO_SESSION_MS,
  TOKEN_SESSION_MS,
} from "../../../src/http/sso/sessions.ts";
import { openStore } from "../../../src/store/sqlite/store.ts";
import { temporaryDirectory } from "../../store/support.ts";
import { collectingLog } from "../../support/collecting-log.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { memorySessions } from "../memory-sessions.ts";

const ADA: Person = {
  role: "viewer",
  team: null,
  name: "Ada",
  mail: "ada@example.com",
  method: "google",
  person: "google:1",
};
const TOKEN: Person = { ...ADA, role: "admin", method: "token", person: "token" };

function book() {
  const clock = simulatedClock();
  const store = memorySessions();
  const basis: Record<string, string | undefined> = { google: "g1", token: "t1" };
  const { log } = collectingLog();
  const open = () =>
    createSessions([...store.rows.values()], { store, clock, log, basisOf: (method) => basis[method] });
  return { clock, store, basis, open, sessions: open() };
}

test.each([
  ["of a sign-in a day", ADA, SSO_SESSION_MS],
  ["of the admin token a week", TOKEN, TOKEN_SESSION_MS],
])("a session %s, however often it is used", async (_, person, lifeMs) => {
  const { clock, sessions } = book();
  const { secret } = await sessions.begin(person);
  for (let usedMs = 0; usedMs < lifeMs; usedMs += SESSION_IDLE_MS / 2) {
    expect(sessions.get(secret)).toMatchObject({ name: "Ada" });
    await clock.advance(SESSION_IDLE_MS / 2);
  }
  expect(sessions.get(secret)).toBeUndefined();
});

test("a session that is not used ends sooner, also over a restart", async () => {
  const { clock, sessions, open, store } = book();
  const idle = await sessions.begin(ADA);
  await clock.advance(SESSION_IDLE_MS - 1);
  expect(sessions.get(idle.secret)).toBeDefined();
  await clock.advance(SESSION_IDLE_MS - 1);
  expect(open().get(idle.secret)).toBeDefined();
  await clock.advance(SESSION_IDLE_MS);
  expect(open().get(idle.secret)).toBeUndefined();
  expect(store.rows.size).toBe(0);
});

test("it is over when what it rests on changes: the admin token, the settings of the sign-in", async () => {
  const { basis, sessions } = book();
  const ada = await sessions.begin(ADA);
  const admin = await sessions.begin(TOKEN);
  basis["token"] = "t2";
  expect(sessions.get(admin.secret)).toBeUndefined();
  expect(sessions.get(ada.secret)).toBeDefined();
  basis["google"] = undefined;
  expect(sessions.get(ada.secret)).toBeUndefined();
  basis["google"] = "g1";
  expect(sessions.get(ada.secret)).toBeUndefined();
});

test("a person holds a bounded number of sessions; the one unused for the longest time goes first", async () => {
  const { clock, sessions } = book();
  const somebody = await sessions.begin({ ...ADA, person: "google:2" });
  const secrets: string[] = [];
  for (let n = 0; n < MAX_SESSIONS_PER_PERSON; n++) {
    secrets.push((await sessions.begin(ADA)).secret);
    await clock.advance(1);
  }
  sessions.get(secrets[0]!);
  const last = await sessions.begin(ADA);
  expect(sessions.get(secrets[0]!)).toBeDefined();
  expect(sessions.get(secrets[1]!)).toBeUndefined();
  expect(sessions.get(secrets[2]!)).toBeDefined();
  expect(sessions.get(last.secret)).toBeDefined();
  expect(sessions.get(somebody.secret)).toBeDefined();
});

test("in the database they outlive the process, as hashes", async () => {
  using directory = temporaryDirectory();
  const clock = simulatedClock();
  const options = { clock, log: collectingLog().log, basisOf: () => "b" };
  const first = await openStore(directory);
  const before = createSessions([], { ...options, store: first.sessions });
  const kept = await before.begin(ADA);
  const ended = await before.begin(ADA);
  await before.end(ended.secret);
  const [row] = await first.sessions.list(clock.now());
  expect(row).toMatchObject({ ...ADA, hash: new Bun.CryptoHasher("sha256").update(kept.secret).digest("hex") });
  await first.close();
  const bytes = await Bun.file(`${directory.path}/state.db`).text();
  expect(bytes).toContain("ada@example.com");
  expect(bytes).not.toContain(kept.secret);

  const second = await openStore(directory);
  const after = createSessions(await second.sessions.list(clock.now()), { ...options, store: second.sessions });
  expect(after.get(kept.secret)).toMatchObject({ name: "Ada", csrf: kept.session.csrf });
  expect(after.get(ended.secret)).toBeUndefined();
  expect(await second.sessions.deleteBefore(clock.now() + SSO_SESSION_MS + 1, 10)).toBe(1);
  await second.close();
});
