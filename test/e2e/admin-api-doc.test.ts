/** docs/admin-api.md by copy and paste, from its first line to its last, against its own configuration. */
import { expect, test } from "bun:test";
import { startGateway } from "./harness.ts";

const text = await Bun.file(`${import.meta.dir}/../../docs/admin-api.md`).text();

const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);

const TOKEN = "an-admin-token-for-this-page";

/** What the page says is refused: a misspelt field, the file's own, what is in use, a private address. */
const REFUSED = ["modles: unknown setting", '"acme" is declared', 'still named by model "chat"', "private network"];

test("the shell lines, as pasted, in their order", async () => {
  const config = `export default ${blocks("json")[0]};`;
  await using gateway = await startGateway({ config, env: { EVERGATE_ADMIN_TOKEN: TOKEN } });
  // The master key is rotated while no gateway runs: test/e2e/routing.test.ts.
  const lines = blocks("sh").filter((block) => !block.includes("rotate-master"));
  expect(lines[0]).toContain(`EVERGATE_ADMIN_TOKEN=${TOKEN}\nevergate &\n`);
  const script = ['curl() { command curl -s -w "\\n" "$@"; }', ...lines]
    .join("\n")
    .replace("evergate &\n", "")
    .replaceAll("http://127.0.0.1:4000", gateway.url);
  const shell = Bun.spawn(["sh", "-c", script], { cwd: gateway.cwd, stdout: "pipe", stderr: "pipe" });
  const [printed, faults] = await Promise.all([new Response(shell.stdout).text(), new Response(shell.stderr).text()]);
  expect([await shell.exited, faults]).toEqual([0, ""]);
  const answers = printed.trim().split("\n");
  expect(answers.length).toBeGreaterThan(25);
  const refusals = answers.map((answer) => JSON.parse(answer).error?.message as string | undefined).filter(Boolean);
  expect(refusals).toEqual(REFUSED.map((words) => expect.stringContaining(words)));
  expect(answers.filter((answer) => answer.includes('"chat.completion"'))).toHaveLength(2);
  expect(JSON.parse(answers.at(-1)!)).toMatchObject({ deleted: true });
}, 60_000);
