/** How a simulated model goes on with an answer that broke off, and requests it may refuse. */
import { afterAll, describe, expect, test } from "bun:test";
import type { ContinuationManner } from "../../../src/providers/simulated/options.ts";
import { startSimulated } from "../../../src/providers/simulated/simulated.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const ANSWER = "The keepers count their lamps every evening, and then they write down how the sea behaved.";
const TAIL = "their lamps every evening,";
const deps = { clock: simulatedClock(), random: seededRandom(1) };
const servers: ReturnType<typeof startSimulated>[] = [];
afterAll(() => {
  for (const server of servers) server.stop();
});

function start(continues?: ContinuationManner) {
  const server = startSimulated({ answer: ANSWER, continues }, deps);
  servers.push(server);
  return server;
}

async function said(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: text }] }),
  });
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  return body.choices[0]!.message.content;
}

const ASKED = `It was interrupted. Begin with its last words, which are\n[${TAIL}]\nand go on from there.`;
const REST = " and then they write down how the sea behaved.";

test.each<[ContinuationManner, string]>([
  ["repeats-tail", TAIL + REST],
  ["goes-on", REST],
  ["introduces-and-repeats", `Of course, here is the rest of my answer:\n\n${TAIL}${REST}`],
  ["introduces", `Sure, continuing from where I left off:\n\n${REST.trimStart()}`],
  ["repeats-all", ANSWER],
])("%s", async (manner, expected) => {
  expect(await said(start(manner).url, ASKED)).toBe(expected);
});

test("starts-over begins alike and is another answer", async () => {
  const text = await said(start("starts-over").url, ASKED);
  expect(text).toStartWith(ANSWER.slice(0, 30));
  expect(text).not.toContain("how the sea behaved");
});

describe("an ordinary answer", () => {
  test.each([
    ["without a manner", undefined, ASKED],
    ["to an ordinary question", "goes-on", "What do they do?"],
    ["to brackets that quote something else", "goes-on", "Read this\n[a note]\nplease."],
  ] as const)("%s", async (_name, manner, question) => {
    expect(await said(start(manner).url, question)).toBe(ANSWER);
  });
});

test("a prefill may be refused while other requests are served", async () => {
  const server = start();
  server.setFaults({ refusesPrefill: true });
  const ask = (messages: object[]) =>
    fetch(`${server.url}/v1/messages`, {
      method: "POST",
      headers: { "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ model: "m", max_tokens: 9, messages }),
    });
  const question = { role: "user", content: "Hi" };
  expect((await ask([question])).status).toBe(200);
  const refused = await ask([question, { role: "assistant", content: "The keepers" }]);
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("prefill");
});

test("faults may be decided request by request", async () => {
  const server = start();
  server.setFaults(({ headers }) => (headers["authorization"] === "Bearer bad" ? { error: "invalid_key" } : undefined));
  const statusFor = async (key: string) => {
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`${server.url}/v1/chat/completions`, { method: "POST", headers, body })).status;
  };
  expect([await statusFor("bad"), await statusFor("good"), await statusFor("bad")]).toEqual([401, 200, 401]);
});
