/** Names that lead inside, and names that change what they lead to: what is asked for is what was checked. */
import { describe, expect, test } from "bun:test";
import type { Fetch } from "../../../src/canonical/deps.ts";
import { allowedAddresses } from "../../../src/providers/network/address-kind.ts";
import { AddressRefused, createCheckedFetch } from "../../../src/providers/network/checked-fetch.ts";
import { rejection } from "../../store/support.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const isPublic = allowedAddresses(false);

function checked(answers: string[][], answer: Fetch = async () => new Response("ok")) {
  const asked: { url: string; init: RequestInit & { tls?: unknown } }[] = [];
  let looked = 0;
  const clock = simulatedClock();
  const fetch = createCheckedFetch(
    {
      clock,
      lookup: async () => answers[Math.min(looked++, answers.length - 1)] ?? [],
      fetch: async (url, init) => {
        asked.push({ url, init });
        return answer(url, init);
      },
    },
    isPublic,
  );
  return { asked, clock, looked: () => looked, fetch };
}

const POST = { method: "POST", headers: { authorization: "Bearer sk" }, body: "{}" };

test("the connection goes to the checked address, under the name's host and certificate, and follows no redirect", async () => {
  const { asked, fetch } = checked([["93.184.215.14"]]);
  await fetch("https://api.example:8443/v1/chat?x=1", POST);
  expect(asked).toHaveLength(1);
  expect(asked[0]!.url).toBe("https://93.184.215.14:8443/v1/chat?x=1");
  expect(asked[0]!.init).toMatchObject({
    headers: { host: "api.example:8443", authorization: "Bearer sk" },
    tls: { serverName: "api.example" },
    redirect: "manual",
  });
});

test("DNS rebinding: between look and connection no name is resolved; one that leads inside at a later look is refused then", async () => {
  const { asked, clock, looked, fetch } = checked([["93.184.215.14"], ["127.0.0.1"]]);
  for (const _ of [1, 2]) await fetch("https://rebind.example/v1", POST);
  await clock.advance(10_000);
  expect(await rejection(fetch("https://rebind.example/v1", POST))).toBeInstanceOf(AddressRefused);
  expect(looked()).toBe(2);
  // What was asked for is an address, and always the one that was judged.
  expect(asked.map(({ url }) => url)).toEqual(Array(2).fill("https://93.184.215.14/v1"));
});

test("a host that has moved is looked up anew as soon as it does not answer where it was", async () => {
  const { asked, fetch } = checked([["93.184.215.14"], ["93.184.215.15"]], async (url) => {
    if (url.includes("215.14")) throw Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    return new Response("ok");
  });
  await rejection(fetch("https://moved.example/v1", POST));
  expect((await fetch("https://moved.example/v1", POST)).status).toBe(200);
  expect(asked.map(({ url }) => url)).toEqual(["https://93.184.215.14/v1", "https://93.184.215.15/v1"]);
});

test("an unknown name is looked up again at once, calls at the same time share one look-up", async () => {
  const { looked, fetch } = checked([[], ["93.184.215.14"]]);
  const first = await Promise.all([
    rejection(fetch("https://new.example/", POST)),
    rejection(fetch("https://new.example/", POST)),
  ]);
  expect(first).toMatchObject([{ code: "ENOTFOUND" }, { code: "ENOTFOUND" }]);
  expect((await fetch("https://new.example/", POST)).status).toBe(200);
  expect(looked()).toBe(2);
});

describe("never connected to", () => {
  test.each([
    [["10.0.0.7"]],
    [["127.0.0.1"]],
    [["169.254.169.254"]],
    [["::1"]],
    [["fe80::1%eth0"]],
    [["::ffff:127.0.0.1"]],
    [["64:ff9b::a00:1"]],
    [["0.0.0.0"]],
    [["93.184.215.14", "10.0.0.7"]],
    [["not an address"]],
  ])("a name with the addresses %p", async (addresses) => {
    const { asked, fetch } = checked([addresses]);
    expect(await rejection(fetch("http://inside.example/v1", POST))).toBeInstanceOf(AddressRefused);
    expect(asked).toEqual([]);
  });

  test.each(["http://127.0.0.1/", "http://2130706433/", "http://[::ffff:7f00:1]/"])("%s", async (url) => {
    const { asked, fetch } = checked([]);
    expect(await rejection(fetch(url, POST))).toBeInstanceOf(AddressRefused);
    expect(asked).toEqual([]);
  });
});

test("an unknown name fails as one", async () => {
  const { fetch } = checked([[]]);
  expect(await rejection(fetch("https://gone.example/", POST))).toMatchObject({ code: "ENOTFOUND" });
});

test("the next address is tried where there was no connection, and nothing is sent twice otherwise", async () => {
  const refusing =
    (code: string): Fetch =>
    async (url) => {
      if (url.includes("93.184")) throw Object.assign(new Error("no"), { code });
      return new Response("ok");
    };
  const addresses = [["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]];
  const first = checked(addresses, refusing("ECONNREFUSED"));
  expect((await first.fetch("https://two.example/v1", POST)).status).toBe(200);
  expect(first.asked[1]!.url).toBe("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/v1");
  const second = checked(addresses, refusing("ECONNRESET"));
  expect(await rejection(second.fetch("https://two.example/v1", POST))).toMatchObject({ code: "ECONNRESET" });
  expect(second.asked).toHaveLength(1);
});

test("a look-up that hangs is left when the caller leaves", async () => {
  const fetch = createCheckedFetch(
    { clock: simulatedClock(), lookup: () => new Promise(() => {}), fetch: async () => new Response() },
    isPublic,
  );
  const caller = new AbortController();
  const waiting = rejection(fetch("https://slow.example/", { ...POST, signal: caller.signal }));
  caller.abort(new Error("left"));
  expect(await waiting).toMatchObject({ message: "left" });
});
