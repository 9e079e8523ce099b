import { expect, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { runEvergate, startGateway } from "./harness.ts";

test("server.tls serves HTTPS with the certificate of the configuration, and healthcheck knows", async () => {
  const directory = await mkdtemp(`${tmpdir()}/evergate-tls-`);
  const made = Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
    ],
    { cwd: directory },
  );
  expect(made.exitCode).toBe(0);
  const config = `import { defineConfig, file } from "evergate";
export default defineConfig({ server: { tls: { cert: file("${directory}/cert.pem"), key: file("${directory}/key.pem") } } });`;
  await using gateway = await startGateway({ config, scheme: "https" });
  const response = await fetch(`${gateway.url}/health/ready`, { tls: { rejectUnauthorized: false } });
  expect(await response.json()).toEqual({ status: "ok" });
  expect((await runEvergate(["healthcheck", "--port", String(gateway.port)], { cwd: gateway.cwd })).exitCode).toBe(0);
});
