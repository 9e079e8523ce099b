/** Requests to Bedrock: addresses, signatures over the exact bytes, API keys, sessions. */
import { afterAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import { bedrockConverse } from "../../src/dialects/bedrock-converse/bedrock-converse.ts";
import { callUpstream } from "../../src/providers/call.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { ProviderKey } from "../../src/providers/provider.ts";
import { hasValidSignature } from "../../src/providers/simulated/aws-signature.ts";
import { startSimulated } from "../../src/providers/simulated/simulated.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const deps = { clock: simulatedClock(), random: seededRandom(1), log: collectingLog().log, fetch };
const server = startSimulated(
  { dialect: "bedrock-converse", keys: ["AKID:secret", "ASIA:secret:tok/en==", "api-key"] },
  deps,
);
afterAll(server.stop);

const key = (secret: ProviderKey["secret"]): ProviderKey => ({ name: "a", secret, weight: 1 });
const providerAt = (baseUrl?: string, region = "eu-west-1") =>
  createProvider({ name: "aws", type: "bedrock", region, ...(baseUrl && { baseUrl }), keys: [key("api-key")] }, deps);

describe("address", () => {
  test.each([
    [
      "eu-west-1",
      "anthropic.claude-3-haiku-20240307-v1:0",
      "bedrock-runtime.eu-west-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
    ],
    [
      "us-east-1",
      "us.amazon.nova-2-lite-v1:0",
      "bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-2-lite-v1%3A0/converse",
    ],
    [
      "ap-southeast-2",
      "global.anthropic.claude-sonnet-4-5",
      "bedrock-runtime.ap-southeast-2.amazonaws.com/model/global.anthropic.claude-sonnet-4-5/converse",
    ],
    ["us-gov-west-1", "m", "bedrock-runtime.us-gov-west-1.amazonaws.com/model/m/converse"],
    ["cn-north-1", "m", "bedrock-runtime.cn-north-1.amazonaws.com.cn/model/m/converse"],
    [
      "eu-west-1",
      "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x-v1:0",
      "bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x-v1%3A0/converse",
    ],
  ])("%s %s", (region, model, expected) => {
    const provider = providerAt(undefined, region);
    expect(provider.url(bedrockConverse, model, false)).toBe(`https://${expected}`);
    expect(provider.url(bedrockConverse, model, true)).toBe(`https://${expected}-stream`);
  });
});

describe("signatures", () => {
  const send = async (secret: ProviderKey["secret"], change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) => {
    const provider = providerAt(server.url);
    const body = new TextEncoder().encode('{"messages":[{"role":"user","content":[{"text":"Grüß dich 🙂"}]}]}');
    const url = provider.url(bedrockConverse, "us.amazon.nova-2-lite-v1:0", false);
    const headers = await provider.headers(key(secret), { url, body, clientHeaders: { "x-secret": "no" } });
    const { signal } = new AbortController();
    const request = { url, headers, body: change(body), dialect: bedrockConverse, vendor: "bedrock", stream: false };
    const result = await callUpstream({ ...request, signal }, deps);
    return { headers, failure: "failure" in result ? result.failure : (await result.pieces.next()).value!.failure };
  };
  test.each<[string, ProviderKey["secret"]]>([
    ["a key pair", { accessKeyId: "AKID", secretAccessKey: "secret" }],
    ["a session", { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "tok/en==" }],
    ["an API key", "api-key"],
  ])("%s is accepted", async (_, secret) => {
    expect((await send(secret)).failure).toBeUndefined();
  });
  test.each<[string, ProviderKey["secret"]]>([
    ["another secret", { accessKeyId: "AKID", secretAccessKey: "other" }],
    ["an unknown id", { accessKeyId: "AKIX", secretAccessKey: "secret" }],
    ["a session without its token", { accessKeyId: "ASIA", secretAccessKey: "secret" }],
    ["another API key", "bad"],
  ])("%s is not", async (_, secret) => {
    expect((await send(secret)).failure).toMatchObject({ class: "auth", status: 403 });
  });
  test("a body that changed by a byte after signing is not", async () => {
    const changed = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString().replace("Grüß", "Grüse"));
    expect((await send({ accessKeyId: "AKID", secretAccessKey: "secret" }, changed)).failure?.class).toBe("auth");
  });
  test("the time is the injected clock's, and the secret goes nowhere", async () => {
    const { headers } = await send({ accessKeyId: "AKID", secretAccessKey: "secret" });
    expect(headers["x-amz-date"]).toBe(new Date(deps.clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ""));
    expect(JSON.stringify(headers)).not.toContain("secret");
    expect(headers["content-type"]).toBe("application/json");
  });
});

test("AWS's published example (Signature Version 4 test suite, get-vanilla) has its published signature", async () => {
  const example = {
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    service: "service",
    datetime: "20150830T123600Z",
  };
  const signer = new AwsV4Signer({ ...example, method: "GET", url: "https://example.amazonaws.com/" });
  const authorization = (await signer.sign()).headers.get("authorization")!;
  expect(authorization).toEndWith("Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  const request = {
    method: "GET",
    path: "/",
    headers: { host: "example.amazonaws.com", "x-amz-date": example.datetime, authorization },
    body: new Uint8Array(),
  };
  const keys = [`${example.accessKeyId}:${example.secretAccessKey}`];
  expect(createHash("sha256").update(request.body).digest("hex")).toStartWith("e3b0c442");
  expect(hasValidSignature(request, keys, "service")).toBe(true);
  expect(hasValidSignature({ ...request, path: "/other" }, keys, "service")).toBe(false);
});
