import { expect, test } from "bun:test";
import { freshBinary } from "./binary.ts";
import { runEvergate, startGateway } from "./harness.ts";

test("the binary is compiled once, whoever asks at the same time", async () => {
  const paths = await Promise.all([freshBinary(), freshBinary(), freshBinary()]);
  expect(new Set(paths).size).toBe(1);
  const { lastModified } = Bun.file(paths[0]!);
  await freshBinary();
  expect(Bun.file(paths[0]!).lastModified).toBe(lastModified);
}, 120_000);

test("a gateway starts in an empty directory, ends on SIGTERM with 0 and dies of SIGKILL", async () => {
  await using first = await startGateway();
  expect((await first.fetch("/health/live")).status).toBe(200);
  expect(await first.stop()).toBe(0);
  await using second = await startGateway({ cwd: first.cwd });
  await second.kill();
  expect(await second.exited).toBe(137);
});

test("a gateway that cannot start is an error with what it said", async () => {
  const started = startGateway({ config: "export default { servr: {} };" });
  await expect(started).rejects.toThrow("servr");
});

test("a command runs to its end", async () => {
  const { exitCode, stdout } = await runEvergate(["--version"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});
