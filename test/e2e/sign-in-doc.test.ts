/** docs/sign-in.md by copy and paste: its configurations pass `evergate check`, its shell lines do what they say. */
import { expect, test } from "bun:test";
import { runEvergate, startGateway } from "./harness.ts";

const text = await Bun.file(`${import.meta.dir}/../../docs/sign-in.md`).text();

const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);

const SECRETS = { GOOGLE_CLIENT_SECRET: "g", GITHUB_CLIENT_SECRET: "h", OIDC_CLIENT_SECRET: "o" };

test("each configuration is one", async () => {
  const configurations = blocks("ts");
  expect(configurations.map((one) => /(google|github|oidc): \{/.exec(one)?.[1])).toEqual(["google", "github", "oidc"]);
  for (const config of configurations) {
    const { exitCode, stdout, stderr } = await runEvergate(["check"], { config, env: SECRETS });
    expect([exitCode, stdout, stderr]).toEqual([0, expect.any(String), expect.not.stringMatching(/sso|publicUrl/)]);
  }
}, 60_000);

test("the shell lines, as pasted", async () => {
  await using gateway = await startGateway({
    env: { EVERGATE_ADMIN_TOKEN: "an-admin-token-for-this-page" },
    config: `import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("EVERGATE_ADMIN_TOKEN") },
  providers: { sim: { type: "simulated" } }, models: { fast: ["sim/m"] },
});`,
  });
  const [lines] = blocks("sh");
  expect(lines).toStartWith("GATEWAY=http://127.0.0.1:4000\n");
  const script = lines!.replace("http://127.0.0.1:4000", gateway.url);
  const shell = Bun.spawn(["sh", "-c", script], { cwd: gateway.cwd, stdout: "pipe", stderr: "pipe" });
  const [printed, faults] = await Promise.all([new Response(shell.stdout).text(), new Response(shell.stderr).text()]);
  expect([await shell.exited, faults]).toEqual([0, ""]);
  expect(await Bun.file(`${gateway.cwd}/config.json`).json()).toMatchObject({ server: { host: "127.0.0.1" } });
  expect(await Bun.file(`${gateway.cwd}/session.json`).json()).toMatchObject({ holder: { role: "admin" } });
  const answers = printed.replaceAll("}{", "}\n{").trim().split("\n");
  expect(answers.map((answer) => JSON.parse(answer))).toEqual([
    { error: expect.objectContaining({ code: "permission_denied" }) },
    { ok: true, faults: [] },
    { error: expect.objectContaining({ code: "invalid_api_key" }) },
  ]);
}, 60_000);
