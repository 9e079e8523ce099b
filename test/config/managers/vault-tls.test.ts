/** A Vault behind a certificate that no public authority has signed, on a real socket. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realClock } from "../../../src/cli/real-deps.ts";
import { createManagers } from "../../../src/config/managers/managers.ts";
import { vaultDouble } from "../../support/secrets/vault-double.ts";

const USE = { place: "p", kind: "vault", name: "secret/openai#key" } as const;

function certificate() {
  const directory = mkdtempSync(join(tmpdir(), "evergate-vault-tls-"));
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const made = Bun.spawnSync(
    ["openssl", "req", "-x509", ...curve, ...subject, "-keyout", "key.pem", "-out", "cert.pem"],
    {
      cwd: directory,
    },
  );
  expect(made.exitCode).toBe(0);
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  return {
    file: join(directory, "cert.pem"),
    tls: { cert: read("cert.pem"), key: read("key.pem") },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

test("is believed by VAULT_CACERT, and not without it", async () => {
  using own = certificate();
  const double = vaultDouble(Date.now);
  double.issue("hvs.root");
  double.put("secret/data/openai", { key: "sk-1" });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: own.tls,
    fetch: (request) => double.fetch(request.url, { method: request.method, headers: request.headers }),
  });
  const read = async (more: Record<string, string>) => {
    const environment = { VAULT_ADDR: `https://127.0.0.1:${server.port}`, VAULT_TOKEN: "hvs.root", ...more };
    const managers = createManagers({
      environment,
      clock: realClock,
      fetch: (url, init) => fetch(url, init),
      log: () => {},
    });
    const [answer] = (await managers.fetch([USE])).values();
    managers.close();
    return answer!;
  };
  try {
    expect(await read({ VAULT_CACERT: own.file })).toEqual({ value: "sk-1" });
    expect(await read({})).toMatchObject({ fault: expect.stringContaining("cannot be reached"), isDown: true });
  } finally {
    server.stop(true);
  }
});
