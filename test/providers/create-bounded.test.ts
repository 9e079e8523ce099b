import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { createBoundedProvider } from "../../src/providers/create-bounded.ts";
import { NoCredentials } from "../../src/providers/provider.ts";
import { rejection } from "../store/support.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const KEY = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ type: "pkcs8", format: "pem" });
const ACCOUNT = {
  type: "service_account",
  client_email: "a@b.example",
  private_key: KEY,
  token_uri: "https://token.example/token",
};

test.each([
  [["10.0.0.7"], []],
  [["93.184.215.14"], ["https://93.184.215.14/token"]],
])("an access token is asked for where %p may be connected to", async (addresses, asked) => {
  const sent: string[] = [];
  const options = {
    name: "v",
    type: "vertex",
    project: "p",
    location: "europe-west1",
    keys: [{ name: "key-1", secret: JSON.stringify(ACCOUNT), weight: 1 }],
  };
  const deps = {
    clock: simulatedClock(),
    random: () => 0.5,
    log: collectingLog().log,
    lookup: async () => addresses,
    fetch: async (url: string) => {
      sent.push(url);
      return Response.json({ access_token: "token", expires_in: 3_600 });
    },
  };
  const provider = createBoundedProvider(options, deps, false);
  const request = { url: "https://x.example", body: new Uint8Array(), clientHeaders: {} };
  const headers = Promise.resolve(provider.headers(provider.keys[0]!, request));
  if (asked.length > 0) expect(await headers).toMatchObject({ authorization: "Bearer token" });
  else expect(await rejection(headers)).toBeInstanceOf(NoCredentials);
  expect(sent).toEqual(asked);
});

test("a simulated provider is its own upstream on a port of this machine, and bounded by nothing", async () => {
  const deps = {
    clock: simulatedClock(),
    random: () => 0.5,
    log: collectingLog().log,
    fetch: async () => new Response(),
  };
  const provider = createBoundedProvider({ name: "s", type: "simulated" }, deps, false);
  expect(provider.fetch).toBeUndefined();
  await provider.close?.();
});
