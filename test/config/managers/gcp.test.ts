import { describe, expect, test } from "bun:test";
import { crc32c } from "../../../src/config/managers/crc32c.ts";
import { gcpDouble } from "../../support/secrets/gcp-double.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { managersOf, secretFile } from "./support.ts";

async function gcp(environment: Record<string, string> = {}) {
  const clock = simulatedClock();
  const double = await gcpDouble(clock.now);
  const file = secretFile(double.keyFile);
  double.secrets.set("projects/my-project/secrets/openai/versions/latest", "sk-2");
  double.secrets.set("projects/my-project/secrets/openai/versions/1", "sk-1\n");
  double.secrets.set("projects/other/secrets/json/versions/latest", JSON.stringify({ key: "sk-ü" }));
  double.secrets.set("projects/p/locations/europe-west3/secrets/s/versions/latest", "sk-r");
  const hosts: string[] = [];
  const answer = double.fetch;
  double.fetch = (url, init) => {
    hosts.push(new URL(url).host);
    return answer(url, init);
  };
  const account = { GOOGLE_APPLICATION_CREDENTIALS: file.path };
  const made = managersOf("gcpSecret", double, { ...account, ...environment }, clock);
  return { double, hosts, file, ...made, [Symbol.dispose]: () => file[Symbol.dispose]() };
}

describe("reading", () => {
  test.each([
    ["openai", "sk-2"],
    ["openai/versions/1", "sk-1"],
    ["projects/my-project/secrets/openai", "sk-2"],
    ["projects/my-project/secrets/openai/versions/1", "sk-1"],
    ["projects/other/secrets/json#key", "sk-ü"],
  ])("%s, with a token for an assertion that Google verifies", async (name, value) => {
    using made = await gcp();
    expect(await made.read(name)).toBe(value);
    expect(made.hosts).toEqual(["google.test", "secretmanager.googleapis.com"]);
  });

  test("the token is fetched once for all, and again before its end", async () => {
    using made = await gcp();
    const { managers, use, double, clock, read } = made;
    await managers.fetch(["openai", "openai/versions/1", "projects/other/secrets/json#key"].map(use));
    expect(double.tokens).toBe(1);
    await clock.advance(59.8 * 60_000);
    expect(await read("openai")).toBe("sk-2");
    expect(double.tokens).toBe(2);
  });

  test("GOOGLE_CLOUD_PROJECT is the project of short names", async () => {
    using made = await gcp({ GOOGLE_CLOUD_PROJECT: "other" });
    expect(await made.read("json#key")).toBe("sk-ü");
  });

  test("a regional secret is asked for at its region, and gcloud's variable moves the address elsewhere", async () => {
    using made = await gcp();
    expect(await made.read("projects/p/locations/europe-west3/secrets/s")).toBe("sk-r");
    expect(made.hosts[1]).toBe("secretmanager.europe-west3.rep.googleapis.com");
    using moved = await gcp({ CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: "https://private.test/" });
    expect(await moved.read("openai")).toBe("sk-2");
    expect(moved.hosts[1]).toBe("private.test");
  });

  test("without a key file, by the metadata server of the machine, which knows the project too", async () => {
    using made = await gcp({ GOOGLE_APPLICATION_CREDENTIALS: "" });
    expect(await made.read("openai")).toBe("sk-2");
    expect(await made.read("openai/versions/1")).toBe("sk-1");
    const metadata = made.double.asked.filter((line) => line.includes("computeMetadata"));
    expect(metadata.filter((line) => line.endsWith("/default/token"))).toHaveLength(1);
    expect(made.hosts[0]).toBe("metadata.google.internal");
  });
});

describe("what is wrong is told clearly", () => {
  test("a payload whose check sum does not match is not used", async () => {
    using made = await gcp();
    made.double.damaged = true;
    expect(await made.read("openai")).toContain("its CRC-32C does not match");
  });

  test.each<[number, RegExp]>([
    [400, /^the version is disabled or destroyed/],
    [403, /^permission denied \(HTTP 403\): the account needs roles\/secretmanager\.secretAccessor$/],
    [503, /^Google Secret Manager failed \(HTTP 503\)$/],
  ])("HTTP %d", async (status, words) => {
    using made = await gcp();
    made.double.failing = status;
    expect(await made.read("openai")).toMatch(words);
  });

  test.each<[string, RegExp]>([
    ["{}", /^the file that GOOGLE_APPLICATION_CREDENTIALS names is no service account/],
    ["", /^the file that GOOGLE_APPLICATION_CREDENTIALS names is empty$/],
  ])("a key file of %j, which may be put right while the gateway runs", async (text, words) => {
    using made = await gcp();
    made.file.write(text);
    expect(await made.read("openai")).toMatch(words);
    made.file.write(made.double.keyFile);
    expect(await made.read("openai")).toBe("sk-2");
  });

  test("an account that Google does not know, a secret that is not there, no network", async () => {
    using made = await gcp();
    made.file.write(made.double.keyFile.replace("evergate@", "another@"));
    expect(await made.read("openai")).toBe("Google's token endpoint answered 400.");
    using other = await gcp();
    expect(await other.read("opnai")).toBe("there is no such secret or version (HTTP 404)");
    using away = await gcp();
    away.double.down = true;
    expect(await away.read("openai")).toBe("Google's token endpoint could not be reached.");
    using nowhere = await gcp({ GOOGLE_APPLICATION_CREDENTIALS: "" });
    nowhere.double.down = true;
    expect(await nowhere.read("openai")).toContain("there is no metadata server on this machine");
  });
});

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
test.each<[string, Uint8Array, number]>([
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ["123456789", new TextEncoder().encode("123456789"), 0xe3069283],
])("CRC-32C of %s", (_name, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});
