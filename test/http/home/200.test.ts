import { afterEach, expect, test } from "bun:test";
import { $ } from "bun";
import { CHAT_ANSWER, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

const OPEN = { authenticate: () => ({ id: "anonymous", allows: () => true }) };

test("links lead somewhere", async () => {
  gateway = standIn({ ports: { ...OPEN, roleOf: () => ({ role: "admin", name: "admin token" }) } });
  const text = await (await gateway.get("/")).text();
  const links = [...text.matchAll(/^\w+ +(http\S+)$/gm)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) expect((await fetch(link, { headers: { authorization: "Bearer any" } })).status).toBe(200);
});

test("the curl line works as pasted", async () => {
  gateway = standIn({ ports: OPEN });
  const text = await (await gateway.get("/")).text();
  const line = text.split("\n").find((candidate) => candidate.startsWith("curl "))!;
  expect(line).not.toContain("Authorization");
  if (!Bun.which("curl")) return expect(line).toContain("/v1/chat/completions");
  const answer = await $`sh -c ${line}`.quiet().json();
  expect(answer).toEqual(CHAT_ANSWER);
});

test("where a key is needed the line has a place for it", async () => {
  gateway = standIn();
  expect(await (await gateway.get("/")).text()).toContain('-H "Authorization: Bearer $EVERGATE_KEY"');
});

test.each(["$(id)", "a;b", "a'b", '"><script>'])(
  "a Host header that is more than a host is not repeated: %s",
  async (host) => {
    gateway = standIn();
    const text = await gateway.raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(text).not.toContain(host);
  },
);
