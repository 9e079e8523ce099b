import { expect, test } from "bun:test";
import { isConnecting, procForms, synSentTo } from "../../src/cli/is-connecting.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (remote: string, state: string) =>
  `   3: 0100007F:9C4E ${remote} ${state} 00000001:00000000 01:00000064 00000000  1000        0 123456 2 0000000000000000 100 0 0 10 -1`;

test.each([
  ["127.0.0.1", ["0100007F", "0000000000000000FFFF00000100007F"]],
  ["10.255.255.1", ["01FFFF0A", "0000000000000000FFFF000001FFFF0A"]],
  ["::1", ["00000000000000000000000001000000"]],
  ["2001:db8::a:1", ["B80D01200000000000000000" + "01000A00"]],
])("%s as the kernel writes it", (address, expected) => {
  expect(procForms(address)).toEqual(expected);
});

test("only a SYN without answer, to that very address and port", () => {
  const remotes = new Set(["01FFFF0A:01BB"]);
  expect(synSentTo([HEAD, line("01FFFF0A:01BB", "02")].join("\n"), remotes)).toBe(true);
  expect(synSentTo([HEAD, line("01FFFF0A:01BB", "01")].join("\n"), remotes)).toBe(false);
  expect(synSentTo([HEAD, line("01FFFF0A:01BC", "02")].join("\n"), remotes)).toBe(false);
  expect(synSentTo([HEAD, line("02FFFF0A:01BB", "02")].join("\n"), remotes)).toBe(false);
  expect(synSentTo(HEAD, remotes)).toBe(false);
});

test.skipIf(process.platform !== "linux")("an established connection is no attempt at one", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => {}) });
  const controller = new AbortController();
  const running = fetch(server.url, { signal: controller.signal }).catch(() => {});
  while (server.pendingRequests === 0) await Bun.sleep(1);
  expect(await isConnecting(server.url.href)).toBe(false);
  controller.abort();
  await running;
  await server.stop(true);
});
