/** The production log of the compiled binary: content, sums, export and live tail of the same calls. */
import { expect, test } from "bun:test";
import { type Gateway, startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const ADMIN = "admin-token-of-32-characters-long";
const KEY = "eg_ci_key_that_is_long_enough_0";

const configOf = (first: Upstream, second: Upstream, store: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"] },
  access: { require: "key", keys: { ci: { secret: env("CI_KEY") } } },
  telemetry: { content: { store: "${store}", keepDays: 3 } },
});`;
const env = { ADMIN, CI_KEY: KEY };

function ask(gateway: Gateway, text: string, stream = false): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${KEY}` };
  const body = JSON.stringify({ model: "fast", stream, messages: [{ role: "user", content: text }] });
  return gateway.fetch("/v1/chat/completions", { method: "POST", headers, body });
}

function admin(gateway: Gateway, path: string): Promise<Response> {
  return gateway.fetch(path, { headers: { authorization: `Bearer ${ADMIN}` } });
}

interface Page {
  data: { id: string; status: number; failover: boolean; overhead_ms: number; total_ms: number }[];
}

/** Rows are written a moment after their call. */
async function listed(gateway: Gateway, query: string, rows: number): Promise<Page["data"]> {
  for (;;) {
    const { data } = (await (await admin(gateway, `/admin/requests?${query}`)).json()) as Page;
    if (data.length >= rows) return data;
    await Bun.sleep(20);
  }
}

test("redacted content, full-text search, sums, export and live tail", async () => {
  using first = upstream({ dialect: "openai-chat" });
  using second = upstream({ dialect: "anthropic-messages", answer: "Ring +49 30 1234567 about the lantern." });
  await using gateway = await startGateway({ config: configOf(first, second, "redacted"), env });
  const live = await admin(gateway, "/admin/requests/live?failover=true");
  const events = live.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await events.read()).value).toStartWith(":");

  const plain = await (await ask(gateway, "Mail jane@example.com about the invoice, card 4111 1111 1111 1111")).json();
  expect(plain).toBeObject();
  first.setFaults({ error: "unavailable" });
  const streamed = await ask(gateway, "And the parcel?", true);
  const id = streamed.headers.get("x-evergate-request-id")!;
  await streamed.text();

  const [failedOver, ordinary] = await listed(gateway, "", 2);
  expect(failedOver).toMatchObject({ id, failover: true });
  expect(ordinary).toMatchObject({ failover: false, status: 200, queued_ms: 0 });
  expect(ordinary!.overhead_ms).toBeLessThan(ordinary!.total_ms);

  const detail = (await (await admin(gateway, `/admin/requests/${id}`)).json()) as { content: unknown };
  expect(detail.content).toEqual({ request: "user: And the parcel?", answer: "Ring [phone] about the lantern." });
  const found = await listed(gateway, `text=${encodeURIComponent("about the invoice")}`, 1);
  expect(found.map((row) => row.id)).toEqual([ordinary!.id]);
  const other = (await (await admin(gateway, `/admin/requests/${ordinary!.id}`)).json()) as { content: unknown };
  expect(other.content).toMatchObject({ request: "user: Mail [mail] about the invoice, card [card]" });
  expect(await listed(gateway, "text=jane", 0)).toEqual([]);

  const stats = await admin(gateway, "/admin/stats?bucket=hour&group_by=provider");
  expect(((await stats.json()) as { data: unknown }).data).toMatchObject([
    { provider: "first", requests: 1, failovers: 0 },
    { provider: "second", requests: 1, failovers: 1, first_token_p50_ms: expect.any(Number) },
  ]);

  const lines = (await (await admin(gateway, "/admin/requests/export")).text()).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([id, ordinary!.id]);
  const csv = await (await admin(gateway, "/admin/requests/export?format=csv&failover=true")).text();
  expect(csv.split("\r\n")[1]).toStartWith(`${id},`);

  const { value } = await events.read();
  expect(value).toStartWith(`id: ${id}\nevent: request\n`);
  // A tail does not hold up the end of the process.
  expect(await gateway.stop()).toBe(0);
  while (!(await events.read()).done) {}
});

test("by default nothing of what was said is on the disk; a reload changes what is stored", async () => {
  using first = upstream({ dialect: "openai-chat", answer: "The magnolia answer." });
  using second = upstream({ dialect: "anthropic-messages" });
  await using gateway = await startGateway({ config: configOf(first, second, "off"), env });
  await (await ask(gateway, "A cinnamon question")).text();
  const [row] = await listed(gateway, "", 1);
  expect(await (await admin(gateway, `/admin/requests/${row!.id}`)).json()).toMatchObject({ content: null });
  await gateway.write("gateway.config.ts", configOf(first, second, "full"));
  await gateway.printed("configuration reloaded");
  await (await ask(gateway, "A nutmeg question by jane@example.com")).text();
  const [kept] = await listed(gateway, "text=nutmeg", 1);
  expect(await (await admin(gateway, `/admin/requests/${kept!.id}`)).json()).toMatchObject({
    content: { request: "user: A nutmeg question by jane@example.com", answer: "The magnolia answer." },
  });
  expect(await gateway.stop()).toBe(0);
  const onDisk = await new Response(Bun.file(`${gateway.cwd}/evergate-data/log.db`)).bytes();
  const holds = (text: string) => Buffer.from(onDisk).includes(text);
  expect([holds("cinnamon"), holds("nutmeg")]).toEqual([false, true]);
});
