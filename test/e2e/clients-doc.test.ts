/** The lines for Node of docs/clients.md, run as one program against the compiled binary. */
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

const ROOT = `${import.meta.dir}/../..`;

test("every line for Node of docs/clients.md works", async () => {
  using server = upstream({ dialect: "openai-chat" });
  const names = ["embedder", "fast", "moderator", "reranker", "painter", "speaker", "listener"];
  await using gateway = await startGateway({
    config: `export default {
      providers: { up: { type: "openai-compatible", baseUrl: "${server.url}/v1", keys: ["b"] } },
      models: { ${names.map((name) => `${name}: ["up/m"]`).join(", ")} },
    };`,
  });
  const text = await Bun.file(`${ROOT}/docs/clients.md`).text();
  const lines = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  expect(lines.length).toBeGreaterThan(5);
  // Beside the sources, so that it finds the SDKs.
  const program = `${ROOT}/test/e2e/.clients-doc-${process.pid}.ts`;
  try {
    await Bun.write(program, lines.join("\n"));
    const child = Bun.spawn([process.execPath, program], {
      env: { PATH: "/usr/bin:/bin", EVERGATE_URL: gateway.url, EVERGATE_KEY: "any" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [printed, faults] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    expect([await child.exited, faults]).toEqual([0, ""]);
    const said = "one two three four five";
    expect(printed.trim().split("\n")).toEqual([
      expect.stringMatching(/^one two three four five req_/),
      said,
      said,
      said,
      "2 4 10",
      "2 4",
      said,
      "false",
      "1",
      expect.stringMatching(/^\d+$/),
      "10",
      "m heard RIFF…",
      "{",
      expect.stringContaining("input_tokens"),
      "} estimated",
      said,
      "true",
    ]);
  } finally {
    await rm(program, { force: true });
  }
});
