/** Providers and models by API on the compiled binary, and the master key that their secrets are sealed with. */
import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createSeal } from "../../src/store/seal.ts";
import { opensProof, PROOF_SETTING, proofOf } from "../../src/store/seal-proof.ts";
import { openSealedStore } from "../../src/store/sqlite/reseal.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { freshBinary } from "./binary.ts";
import { type Gateway, runEvergate, startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

const ADMIN = "admin-token-of-the-test";
const SECRET = "sk-canary-0123456789abcdefWXYZ";
const HEADER = "header-canary-0123456789abcdef";
const CONFIG = `
import { defineConfig, env } from "evergate";
export default defineConfig({ server: { adminToken: env("ADMIN"), allowPrivateNetwork: true }, models: {} });`;
const env = { ADMIN };

test("a provider's life: made, called, its key sealed anew, restarted, changed, removed; its secrets are nowhere in clear", async () => {
  using up = upstream({ dialect: "openai-chat", keys: [SECRET] });
  await using gateway = await startGateway({ config: CONFIG, env });
  const admin = adminOf(gateway);
  expect(await status(gateway)).toBe(404);

  const body = {
    name: "up",
    type: "openai-compatible",
    baseUrl: `${up.url}/v1`,
    keys: [SECRET],
    headers: { "x-team": HEADER },
  };
  const made = await admin("POST", "/admin/providers", body);
  expect(made.status).toBe(201);
  expect((await admin("POST", "/admin/models", { name: "fast", targets: ["up/gpt-4o"] })).status).toBe(201);
  expect(await status(gateway)).toBe(200);
  expect(up.requests.at(-1)!.headers["x-team"]).toBe(HEADER);

  const { cwd } = gateway;
  const whileRunning = await runEvergate(["keys", "rotate-master"], { cwd, env });
  expect(whileRunning).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("A gateway is running on") });
  expect(await gateway.stop()).toBe(0);
  const oldKey = await readFile(`${cwd}/evergate-data/master.key`, "utf8");
  const rotated = await runEvergate(["keys", "rotate-master"], { cwd, env });
  expect(rotated).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Re-encrypted 1 sealed row.") });
  const newKey = await readFile(`${cwd}/evergate-data/master.key`, "utf8");
  expect(newKey).not.toBe(oldKey);

  await using restarted = await startGateway({ cwd, env });
  const adminAgain = adminOf(restarted);
  expect(await status(restarted)).toBe(200);
  expect((await adminAgain("PATCH", "/admin/providers/up", { keys: ["sk-wrong-0123456789abcdefghij"] })).status).toBe(
    200,
  );
  expect(await status(restarted)).toBe(502);
  expect((await adminAgain("PATCH", "/admin/providers/up", { keys: [SECRET] })).status).toBe(200);
  expect(await status(restarted)).toBe(200);
  // A reload of the file leaves it in force.
  expect((await adminAgain("POST", "/admin/reload")).status).toBe(200);
  expect(await status(restarted)).toBe(200);

  const shown = JSON.stringify([
    made.json,
    (await adminAgain("GET", "/admin/providers")).json,
    (await adminAgain("GET", "/admin/config")).json,
    (await adminAgain("GET", "/admin/audit")).json,
    (await adminAgain("GET", "/admin/requests")).json,
    await (await restarted.fetch("/metrics", { headers: { authorization: `Bearer ${ADMIN}` } })).text(),
  ]);
  for (const path of ["/admin/models/fast", "/admin/providers/up"])
    expect((await adminAgain("DELETE", path)).status).toBe(200);
  expect(await status(restarted)).toBe(404);
  expect((await chat(restarted, "up/gpt-4o")).status).toBe(404);
  await restarted.kill();
  const files = await filesIn(`${cwd}/evergate-data`);
  const everywhere = [shown, printed(gateway), printed(restarted), rotated.stdout, rotated.stderr, files].join("\n");
  expect(everywhere).toContain(made.json.id);
  for (const secret of [SECRET, HEADER]) expect(everywhere).not.toContain(secret);
  for (const key of [oldKey, newKey]) expect(everywhere.replace(newKey, "")).not.toContain(key.trim());
}, 120_000);

test("the operator's own master key: taken from a variable, asked for by name where it is missing", async () => {
  using up = upstream({ dialect: "openai-chat", keys: [SECRET] });
  await using gateway = await startGateway({ config: CONFIG, env });
  const admin = adminOf(gateway);
  await admin("POST", "/admin/providers", {
    name: "up",
    type: "openai-compatible",
    baseUrl: `${up.url}/v1`,
    keys: [SECRET],
  });
  await admin("POST", "/admin/models", { name: "fast", targets: ["up/gpt-4o"] });
  await gateway.stop();
  const { cwd } = gateway;
  const own = "c".repeat(64);
  const rotated = await runEvergate(["keys", "rotate-master"], { cwd, env: { ...env, EVERGATE_NEW_MASTER_KEY: own } });
  expect(rotated.exitCode).toBe(0);
  expect(await readdir(`${cwd}/evergate-data`)).not.toContain("master.key");
  for (const variables of [env, { ...env, EVERGATE_MASTER_KEY: "d".repeat(64) }]) {
    const { exitCode, stderr } = await runEvergate(["serve", "--port", "0"], { cwd, env: variables });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("EVERGATE_MASTER_KEY");
    expect(stderr).toContain("nothing was changed");
  }
  await using restarted = await startGateway({ cwd, env: { ...env, EVERGATE_MASTER_KEY: own } });
  expect(await status(restarted)).toBe(200);
}, 120_000);

test("doctor and check look at what was made by API, beside a server and without one, and change nothing", async () => {
  const asked: (string | null)[] = [];
  using up = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked.push(request.headers.get("authorization"));
      return Response.json({ data: [] });
    },
  }) as Bun.Server<undefined> & Disposable;
  await using gateway = await startGateway({ config: CONFIG, env });
  const admin = adminOf(gateway);
  const body = { name: "up", type: "openai-compatible", baseUrl: `http://127.0.0.1:${up.port}/v1`, keys: [SECRET] };
  await admin("POST", "/admin/providers", body);
  const { cwd } = gateway;
  const findings = async (variables: Record<string, string> = env) => {
    const { stdout, stderr } = await runEvergate(["doctor", "--json"], { cwd, env: variables });
    expect(stdout + stderr).not.toContain(SECRET);
    return JSON.parse(stdout) as { subject: string; verdict: string; detail: string; remedy?: string }[];
  };
  const beside = await findings();
  expect(beside).toContainEqual(expect.objectContaining({ subject: "up key-1", verdict: "ok", detail: "accepted" }));
  expect(beside).toContainEqual(expect.objectContaining({ subject: "master key", verdict: "ok" }));
  expect(asked).toEqual([`Bearer ${SECRET}`]);
  await gateway.stop();
  const wrong = await findings({ ...env, EVERGATE_MASTER_KEY: "f".repeat(64) });
  expect(wrong).toContainEqual(expect.objectContaining({ subject: "master key", verdict: "fail" }));
  expect(wrong.some(({ subject }) => subject === "up key-1")).toBe(false);

  // The file takes the name, and no longer allows the address.
  const declares = CONFIG.replace("allowPrivateNetwork: true", "").replace(
    "models: {}",
    'providers: { up: { type: "groq", keys: ["gsk"] } }',
  );
  await gateway.write("gateway.config.ts", declares);
  const shadowed = await runEvergate(["check"], { cwd, env });
  expect(shadowed).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('note: provider "up" made by API is out of force: the file declares one'),
  });
  await gateway.write("gateway.config.ts", CONFIG.replace("allowPrivateNetwork: true", ""));
  expect((await runEvergate(["check"], { cwd, env })).stderr).toContain("leads into a private network");
  expect((await findings()).find(({ subject }) => subject === "made by API")?.verdict).toBe("warn");
  await gateway.write("gateway.config.ts", CONFIG);
  await using restarted = await startGateway({ cwd, env });
  expect((await adminOf(restarted)("GET", "/admin/providers/up")).json).toMatchObject({ state: "active" });
}, 120_000);

const ROWS = 1_500;
const ROW_BYTES = 20_000;

test("a rotation that is killed has changed nothing, and one that ends has changed everything", async () => {
  const home = await mkdtemp(`${tmpdir()}/evergate-rotate-`);
  const directory = `${home}/evergate-data`;
  try {
    const key = "e".repeat(64);
    const seal = createSeal(Buffer.from(key, "hex"));
    const store = await openStore({ path: directory });
    const rows = Array.from({ length: ROWS }, (_, n) => ({
      id: `r${n}`,
      sealed: seal.seal(Buffer.alloc(ROW_BYTES, n), `r${n}`),
    }));
    await store.responses.put(rows, Date.now() + 86_400_000);
    await store.settings.set(PROOF_SETTING, proofOf(seal));
    await store.close();
    await Bun.write(`${directory}/master.key`, `${key}\n`);
    for (const until of ["re-encrypting: 50 of", "re-encrypting: 1050 of"]) {
      const child = Bun.spawn([await freshBinary(), "keys", "rotate-master"], {
        cwd: home,
        env: { PATH: "/usr/bin:/bin", HOME: home },
        stdout: "ignore",
        stderr: "pipe",
      });
      await printedBy(child.stderr, until);
      child.kill("SIGKILL");
      await child.exited;
      expect(await openedBy(directory, await usedKey(directory))).toEqual([ROWS, ROWS]);
    }
    const ended = await runEvergate(["keys", "rotate-master", "--data", directory], { cwd: home });
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`Re-encrypted ${ROWS} sealed rows.`) });
    expect(await usedKey(directory)).not.toBe(key);
    expect(await openedBy(directory, await usedKey(directory))).toEqual([ROWS, ROWS]);
    expect((await openedBy(directory, key))[0]).toBe(0);
    expect(await readdir(directory)).not.toContain("master.key.new");
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}, 120_000);

/** That of which the proof opens, as a start finds it. */
async function usedKey(directory: string): Promise<string> {
  const store = openSealedStore(directory)!;
  const { proof } = store;
  store.close();
  for (const name of ["master.key", "master.key.new"]) {
    const text = (await readFile(`${directory}/${name}`, "utf8").catch(() => "")).trim();
    if (text !== "" && opensProof(createSeal(Buffer.from(text, "hex")), proof!)) return text;
  }
  throw new Error("no key opens the proof");
}

/** How many rows a key opens, and how many there are. */
async function openedBy(directory: string, key: string): Promise<[number, number]> {
  const seal = createSeal(Buffer.from(key, "hex"));
  const store = await openStore({ path: directory });
  let opened = 0;
  let there = 0;
  for (let n = 0; n < ROWS; n++) {
    const sealed = await store.responses.get(`r${n}`, Date.now());
    if (sealed !== null) there += 1;
    if (sealed !== null && seal.open(sealed, `r${n}`)?.byteLength === ROW_BYTES) opened += 1;
  }
  await store.close();
  return [opened, there];
}

async function printedBy(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  let all = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    all += decoder.decode(chunk, { stream: true });
    if (all.includes(text)) return;
  }
  throw new Error(`it ended without ${text}: ${all}`);
}

function adminOf(gateway: Gateway) {
  return async (method: string, path: string, body?: unknown) => {
    const response = await gateway.fetch(path, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return { status: response.status, json: (await response.json()) as any };
  };
}

function chat(gateway: Gateway, model = "fast"): Promise<Response> {
  return gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
}

async function status(gateway: Gateway): Promise<number> {
  const response = await chat(gateway);
  await response.text();
  return response.status;
}

function printed({ output }: Gateway): string {
  return output.stdout + output.stderr;
}

async function filesIn(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((entry) => readFile(`${entry.parentPath}/${entry.name}`, "latin1")))).join("\n");
}
