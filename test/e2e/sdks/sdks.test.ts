/** The official SDKs at the compiled binary: each over its own API's provider and over both foreign ones. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { aiChat, aiResponses } from "./ai.ts";
import { anthropic } from "./anthropic.ts";
import { genai } from "./genai.ts";
import { openAiChat } from "./openai-chat.ts";
import { openAiResponses } from "./openai-responses.ts";
import type { Sdk } from "./sdk.ts";
import { lastBodyOf, modelOf, PROVIDER_NAMES, PROVIDERS, type ProviderName, startWorld, type World } from "./world.ts";

const SDKS: readonly Sdk[] = [openAiChat, openAiResponses, anthropic, genai, aiChat, aiResponses];
const PAIRS = SDKS.flatMap((sdk) => PROVIDER_NAMES.map((provider) => [sdk.name, provider, sdk] as const));

const WEATHER = {
  name: "get_weather",
  description: "The weather in a city.",
  schema: { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city"] },
};
const SKY = {
  type: "object" as const,
  properties: { city: { type: "string" as const }, sky: { type: "string" as const } },
  required: ["city", "sky"],
};
/** One pixel, in bytes whose base64 has the letters that differ between its two alphabets. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGPgZ/AFAAB+AF0eOSbVAAAAAElFTkSuQmCC";
const HANG_UP_LIMIT_MS = 1_000;

let world: World;
beforeAll(async () => {
  world = await startWorld(["words", "json", "slow"]);
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

describe.each(PAIRS)("%s over %s", (_, provider: ProviderName, sdk: Sdk) => {
  test("an answer, and a stream", async () => {
    for (const ask of [sdk.say, sdk.stream]) {
      const said = await ask(world.reach, modelOf("words", provider), "Say lantern.");
      expect(said.text).toContain("Say lantern.");
      expect(said.finish).toBe(sdk.finished);
      expect(said.requestId).toStartWith("req_");
    }
  });

  test("two turns with a tool", async () => {
    const asked: unknown[] = [];
    const run = (args: unknown) => {
      asked.push(args);
      return "18 degrees";
    };
    const question = "Call get_weather for Oslo.";
    const text = await sdk.toolLoop(world.reach, modelOf("words", provider), question, WEATHER, run);
    expect(asked).toEqual([{ city: question }]);
    expect(text).toContain("18 degrees");
  });

  test("an object of a schema", async () => {
    const object = await sdk.structured(world.reach, modelOf("json", provider), "Which sky?", SKY);
    expect(object).toEqual({ city: "Oslo", sky: "grey" });
    // The provider was told the schema, not only asked nicely.
    expect(lastBodyOf(world.upstreamOf("json", provider))).toMatch(/"sky":\{"type":"string"/i);
  });

  test("an image", async () => {
    const text = await sdk.look(world.reach, modelOf("words", provider), "Which colour?", PNG);
    expect(text).toContain("Which colour?");
    expect(lastBodyOf(world.upstreamOf("words", provider))).toContain(PNG);
  });

  test("hanging up reaches the provider", async () => {
    const server = world.upstreamOf("slow", provider);
    const before = server.requests.length;
    await sdk.hangUp(world.reach, modelOf("slow", provider));
    const { closed } = server.requests[before]!;
    expect(await Promise.race([closed, Bun.sleep(HANG_UP_LIMIT_MS).then(() => "still open")])).toBe("peer");
    expect(server.requests).toHaveLength(before + 1);
  });

  if (sdk.embed && PROVIDERS[provider].type !== "anthropic")
    test("embeddings", async () => {
      const [one, two] = await sdk.embed!(world.reach, modelOf("words", provider), ["a dog", "a cat"]);
      expect([one!.length, two!.length]).toEqual([4, 4]);
      expect(one).not.toEqual(two!);
    });
});

/** What the provider does, the status that clients see, and what the message tells. */
const FAULTS = [
  [{ error: "content_policy" }, 400, /./],
  [{ error: "model_not_found" }, 404, /model/i],
  [{ error: "rate_limited", retryAfter: { form: "seconds", ms: 60_000 } }, 429, /./],
  [{ error: "server" }, 502, /words/],
  [{ error: "overloaded" }, 503, /./],
] as const;

describe.each(PAIRS)("errors of %s over %s", (_, provider: ProviderName, sdk: Sdk) => {
  test("have the SDK's own classes, and are not retried twice over", async () => {
    await using failing = await startWorld(["words"], [provider]);
    const server = failing.upstreamOf("words", provider);
    const { reach } = failing;
    const wrongKey = await sdk.fail({ ...reach, key: `eg_${"0".repeat(40)}` }, modelOf("words", provider));
    expect(wrongKey).toMatchObject({ name: sdk.errors[401], status: 401 });
    expect(server.requests).toHaveLength(0);
    const unknown = await sdk.fail(reach, `wrods-${provider}`);
    expect(unknown).toMatchObject({ name: sdk.errors[404], status: 404 });
    expect(unknown.message).toContain("words-");
    for (const [number, [faults, status, message]] of FAULTS.entries()) {
      server.setFaults(faults);
      const before = server.requests.length;
      // A target of its own, whose health nothing has spoilt: `provider/model` is always there.
      const caught = await sdk.fail(reach, `${modelOf("words", provider)}/model-${number}`);
      expect([status, caught]).toMatchObject([status, { name: sdk.errors[status], status }]);
      expect(caught.message).toMatch(message);
      if (sdk !== genai) expect(caught.requestId).toStartWith("req_");
      // The gateway's own: once more on the same key for what may pass, never for the client's fault or a limit.
      expect([status, server.requests.length - before]).toEqual([status, status >= 500 ? 2 : 1]);
    }
  });
});
