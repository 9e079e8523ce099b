/** Bad input to the process: a clear error, the right exit code, and everything left as it was. */
import { describe, expect, test } from "bun:test";
import { runEvergate, startGateway } from "./harness.ts";

describe("the command line", () => {
  test.each([
    [["--nope"], 2, "unknown option '--nope'"],
    [["serve", "--port", "70000"], 2, "a port is a number from 0 to 65535"],
    [["serv"], 2, 'unknown command "serv". Did you mean "serve"?'],
    [["bench"], 1, "not in this version"],
    [["import", "litellm.yaml"], 1, "not in this version"],
    [["check", "--config", "nope.ts"], 1, "nope.ts: does not exist"],
    [["serve", "--host", "0.0.0.0", "--port", "0"], 1, "Refusing to listen on 0.0.0.0"],
    [["serve", "--host", "203.0.113.7", "--port", "0"], 1, "Refusing to listen"],
  ])("%p exits with %p", async (args, code, text) => {
    const { exitCode, stdout, stderr } = await runEvergate(args);
    expect(stdout + stderr).toContain(text);
    expect(exitCode).toBe(code);
  });

  test.each([
    [["--help"]],
    [["serve", "--help"]],
    [["check", "--help"]],
    [["demo", "--help"]],
    [["healthcheck", "--help"]],
    [["init", "--help"]],
    [["--version"]],
  ])("%p exits with 0", async (args) => {
    const { exitCode, stdout } = await runEvergate(args);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(5);
  });
});

describe("what is in the way of a start", () => {
  test("a broken configuration names file, path and the nearest right name", async () => {
    const files = {
      "gateway.config.json":
        '{"models":{"fast":["opena/x"]},"providers":{"openai":{"type":"openai","keys":["sk-0123456789"]}}}',
    };
    const { exitCode, stderr } = await runEvergate(["serve", "--port", "0"], { files });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('gateway.config.json models.fast[0]: no provider "opena"');
    expect(stderr).toContain('did you mean "openai/x"');
  });

  test("a corrupt database is named and left as it is", async () => {
    const text = "this is not a database, and must not be touched by anybody";
    const { exitCode, stderr } = await runEvergate(["serve", "--port", "0"], {
      files: { "evergate-data/state.db": text },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("evergate-data/state.db");
    expect(stderr).not.toContain("    at ");
  });

  test("a busy port and a data directory in use are told apart", async () => {
    await using gateway = await startGateway();
    const busy = await runEvergate(["serve", "--port", String(gateway.port)]);
    expect(busy).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is in use by another program") });
    const shared = await runEvergate(["serve", "--port", "0"], { cwd: gateway.cwd });
    expect(shared).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("another evergate process is running"),
    });
    expect((await gateway.fetch("/health/ready")).status).toBe(200);
  });
});

test("the admin token is made once, shown once on the terminal, and never logged", async () => {
  await using gateway = await startGateway();
  const token = /ega_[\w-]+/.exec(gateway.output.stderr)?.[0];
  expect(token).toBeDefined();
  expect(gateway.output.stdout).not.toContain(token!);
  const ask = (bearer: string) => gateway.fetch("/admin/requests", { headers: { authorization: `Bearer ${bearer}` } });
  expect((await ask(token!)).status).toBe(200);
  expect((await ask(`${token}x`)).status).toBe(401);
  await gateway.stop();
  await using again = await startGateway({ cwd: gateway.cwd });
  expect(again.output.stderr).not.toContain("Admin token");
  expect((await again.fetch("/admin/requests", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
});
