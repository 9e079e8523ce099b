/** Google's two hosts from the environment. */
import { expect, test } from "bun:test";
import { resolveBare } from "../../src/config/bare.ts";
import { resolveValue } from "../../src/config/load.ts";
import { nothingLocal, temporaryDirectory } from "./support.ts";

const from = (environment: Record<string, string>) =>
  resolveValue({}, { file: null, directory: "/", environment, fetch: nothingLocal as never });

test.each(["GEMINI_API_KEY", "GOOGLE_API_KEY"])(
  "%s makes gemini, and other providers stand in for its models",
  async (name) => {
    const { config } = await from({ [name]: "k", OPENAI_API_KEY: "sk-1" });
    expect(config!.providers.map(({ type }) => type)).toEqual(["openai", "gemini"]);
    const targets = resolveBare(config!.bareRoutes!, "gemini-2.5-flash")?.targets.map(({ target }) => target);
    expect(targets).toEqual(["gemini/gemini-2.5-flash", "openai/gpt-4o-mini"]);
  },
);

test("a service account's file makes vertex, in its own project unless another is named", async () => {
  using directory = temporaryDirectory();
  const text = JSON.stringify({ type: "service_account", project_id: "own" });
  const file = directory.write("account.json", text);
  const own = await from({ GOOGLE_APPLICATION_CREDENTIALS: file });
  expect(own.config!.providers).toMatchObject([
    { name: "vertex", project: "own", location: "global", keys: [{ secret: text }] },
  ]);
  const named = { GOOGLE_CLOUD_PROJECT: "other", GOOGLE_CLOUD_LOCATION: "europe-west1" };
  expect((await from({ GOOGLE_APPLICATION_CREDENTIALS: file, ...named })).config!.providers).toMatchObject([
    { project: "other", location: "europe-west1" },
  ]);
});

test.each(["{}", "not JSON"])("a file of %p names no project: Vertex is left out, and that is said", async (text) => {
  using directory = temporaryDirectory();
  const { config, notes } = await from({ GOOGLE_APPLICATION_CREDENTIALS: directory.write("account.json", text) });
  expect(config!.providers[0]!.type).toBe("simulated");
  expect(notes.join()).toContain("GOOGLE_CLOUD_PROJECT");
});
