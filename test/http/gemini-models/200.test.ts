import { afterAll, beforeAll, expect, test } from "bun:test";
import { KEY, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(gateway.url(path), { headers: { "x-goog-api-key": KEY, ...headers } });
  return { status: response.status, body: await response.json() };
};
const entry = (name: string) => ({
  name: `models/${name}`,
  displayName: name,
  supportedGenerationMethods: ["generateContent"],
});

test.each(["/v1beta/models", "/gemini/v1beta/models", "/gemini/v1/models"])(
  "%s lists what the key may use",
  async (path) => {
    const { body } = await get(path);
    expect(body).toEqual({ models: [entry("fast"), entry("openai/gpt-4o")] });
  },
);

test("pages go on where the last one ended", async () => {
  const first = await get("/v1beta/models?pageSize=1");
  expect(first.body).toEqual({ models: [entry("fast")], nextPageToken: "fast" });
  const second = await get(`/v1beta/models?pageSize=1&pageToken=${first.body.nextPageToken}`);
  expect(second.body).toEqual({ models: [entry("openai/gpt-4o")] });
  expect((await get("/v1beta/models?pageSize=x")).status).toBe(400);
});

test("/v1/models has Google's shape for Google's SDKs, and OpenAI's for others", async () => {
  expect((await get("/v1/models", { "x-goog-api-client": "google-genai-sdk/3.1.0" })).body).toHaveProperty("models");
  expect((await get("/v1/models")).body).toHaveProperty("data");
});

test("one model, and none that the key may not use", async () => {
  expect((await get("/v1beta/models/openai/gpt-4o")).body).toEqual(entry("openai/gpt-4o"));
  const { status, body } = await get("/v1beta/models/secret/model");
  expect(status).toBe(404);
  expect(body.error).toMatchObject({ status: "NOT_FOUND" });
});
