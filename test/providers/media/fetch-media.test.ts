/** What is fetched for clients, and what never is: the address comes from a stranger. */
import { describe, expect, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Fetch } from "../../../src/canonical/deps.ts";
import { createFetchMedia } from "../../../src/providers/media/fetch-media.ts";
import { publicAddresses } from "../../../src/providers/media/public-address.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const PNG = "89504e470d0a1a0a";
const HOSTS: Record<string, string[]> = {
  "cdn.example": ["93.184.215.14"],
  "six.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
  "inside.example": ["10.0.0.7"],
  "both.example": ["93.184.215.14", "127.0.0.1"],
  "metadata.example": ["169.254.169.254"],
};
const OPTIONS = { maxBytes: 1_000, timeoutMs: 5_000 };

function fetcher(answer: Fetch = async () => image(Buffer.from(PNG, "hex")), options = OPTIONS) {
  const asked: { url: string; init: RequestInit & { tls?: { serverName?: string } } }[] = [];
  const clock = simulatedClock();
  const fetchMedia = createFetchMedia(options, {
    clock,
    lookup: async (host) => HOSTS[host] ?? Promise.reject(new Error("ENOTFOUND")),
    fetch: async (url, init) => {
      asked.push({ url, init });
      return answer(url, init);
    },
  });
  return { asked, clock, get: (url: string) => fetchMedia(url, new AbortController().signal) };
}

function image(body: BodyInit | null, init: ResponseInit = {}): Response {
  return new Response(body, { ...init, headers: { "content-type": "image/png; charset=binary", ...init.headers } });
}

test("the connection goes to the address that was checked, under the name's own certificate", async () => {
  const { asked, get } = fetcher();
  expect(await get("https://cdn.example/a.png?x=1")).toEqual({
    mediaType: "image/png",
    data: Buffer.from(PNG, "hex").toString("base64"),
  });
  const [{ url, init }] = asked as [(typeof asked)[0]];
  expect(url).toBe("https://93.184.215.14/a.png?x=1");
  expect(init.headers).toMatchObject({ host: "cdn.example" });
  expect(init.tls).toEqual({ serverName: "cdn.example" });
  expect(init).toMatchObject({ redirect: "manual", method: "GET" });
});

test("an IPv6 address is written as one", async () => {
  const { asked, get } = fetcher();
  await get("https://six.example/a.png");
  expect(asked[0]!.url).toBe("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a.png");
});

describe("never asked for", () => {
  test.each([
    ["http://cdn.example/a.png", "only https"],
    ["https://cdn.example:8443/a.png", "only port 443"],
    ["https://user:secret@cdn.example/a.png", "credentials"],
    ["https://inside.example/a.png", "not public"],
    ["https://both.example/a.png", "not public"],
    ["https://metadata.example/latest/meta-data", "not public"],
    ["https://127.0.0.1/a.png", "not public"],
    ["https://0x7f.1/a.png", "not public"],
    ["https://2130706433/a.png", "not public"],
    ["https://[::1]/a.png", "not public"],
    ["https://[::ffff:10.0.0.1]/a.png", "not public"],
    ["https://[64:ff9b::a00:1]/a.png", "not public"],
    ["https://localhost/a.png", "not known"],
    ["https://unknown.example/a.png", "not known"],
    ["https://", "only https"],
  ])("%s", async (url, why) => {
    const { asked, get } = fetcher();
    await expect(get(url)).rejects.toThrow(why);
    expect(asked).toEqual([]);
  });
});

describe("refused", () => {
  test.each<[string, () => Response, string]>([
    ["a redirect", () => image(null, { status: 302, headers: { location: "https://10.0.0.1/" } }), "redirects"],
    ["a missing file", () => image(null, { status: 404 }), "status 404"],
    ["a page", () => new Response("<html>", { headers: { "content-type": "text/html" } }), "no image"],
    ["an answer without a type", () => new Response(new Uint8Array(3)), "no image"],
    ["a long file that says so", () => image("x", { headers: { "content-length": "1001" } }), "more than 1000 bytes"],
    ["a long file that does not", () => image(chunks(300, 4)), "more than 1000 bytes"],
  ])("%s", async (_, answer, why) => {
    await expect(fetcher(async () => answer()).get("https://cdn.example/a.png")).rejects.toThrow(why);
  });

  test("a file that takes too long", async () => {
    const never = fetcher(
      (_url, init) =>
        new Promise((_, reject) => init.signal!.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const told = never.get("https://cdn.example/a.png").catch((error: Error) => error.message);
    await never.clock.advance(5_000);
    expect(await told).toContain("more than 5000 ms");
    expect(never.clock.pending()).toBe(0);
  });

  test("what the connection said stays inside", async () => {
    const broken = fetcher(() => Promise.reject(new Error("connect ECONNREFUSED 93.184.215.14:443")));
    await expect(broken.get("https://cdn.example/a.png")).rejects.toThrow(
      "The media at https://cdn.example/a.png cannot be fetched: the connection failed.",
    );
  });
});

test.each([
  ["8.8.8.8", true],
  ["1.1.1.1", true],
  ["2001:4860:4860::8888", true],
  ["172.15.255.255", true],
  ["172.16.0.1", false],
  ["100.64.0.1", false],
  ["0.0.0.0", false],
  ["192.0.0.8", false],
  ["198.19.255.255", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["fe80::1", false],
  ["fd00::1", false],
  ["2001::1", false],
  ["2002:7f00:1::", false],
  ["::ffff:8.8.8.8", false],
  ["8.8.8", false],
])("%s is public: %p", (address, expected) => {
  expect(publicAddresses()(address)).toBe(expected);
});

test("the runtime checks the certificate of the name although it connects to an address", async () => {
  const directory = await mkdtemp(`${tmpdir()}/evergate-media-`);
  const command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=cdn.example";
  const names = ["-addext", "subjectAltName=DNS:cdn.example", "-keyout", "key.pem", "-out", "cert.pem"];
  expect(Bun.spawnSync(["openssl", ...command.split(" "), ...names], { cwd: directory }).exitCode).toBe(0);
  const cert = await Bun.file(`${directory}/cert.pem`).text();
  const hosts: (string | null)[] = [];
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert, key: await Bun.file(`${directory}/key.pem`).text() },
    fetch: (request) => {
      hosts.push(request.headers.get("host"));
      return image("png");
    },
  });
  // The public address is played by a local one; everything else is as it was asked for.
  const real = fetcher((url, init) => {
    const { tls } = init as { tls: object };
    return fetch(url.replace(/\/\/[^/]+/, `//127.0.0.1:${server.port}`), { ...init, tls: { ...tls, ca: cert } });
  });
  expect((await real.get("https://cdn.example/a.png")).data).toBe(Buffer.from("png").toString("base64"));
  expect(hosts).toEqual(["cdn.example"]);
  HOSTS["other.example"] = HOSTS["cdn.example"]!;
  await expect(real.get("https://other.example/a.png")).rejects.toThrow("the connection failed");
  delete HOSTS["other.example"];
});

function chunks(size: number, count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => (sent++ < count ? controller.enqueue(new Uint8Array(size)) : controller.close()),
  });
}
