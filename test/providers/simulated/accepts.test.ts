/** What the dialects write for requests of every other dialect is what a strict provider of that dialect takes. */
import { afterAll, describe, expect, test } from "bun:test";
import type { ChatRequest } from "../../../src/canonical/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { startSimulated } from "../../../src/providers/simulated/simulated.ts";
import { traitsOf, VENDORS } from "../../../src/providers/vendors.ts";
import { fixturesOf } from "../../dialects/fixtures.ts";
import { parse } from "../../dialects/observe.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const MODELS: Readonly<Record<string, readonly string[]>> = {
  "bedrock-converse": ["anthropic.claude-sonnet-4-5-20250929-v1:0", "us.amazon.nova-2-lite-v1:0", "meta.llama3-1-70b"],
  cohere: ["command-a-03-2025"],
  ollama: ["llama3.2", "gpt-oss:20b"],
};

describe.each(Object.entries(MODELS))("%s", (name, models) => {
  const server = startSimulated({ dialect: name }, { clock: simulatedClock(), random: seededRandom(1) });
  afterAll(server.stop);
  const to = DIALECTS.find((dialect) => dialect.name === name)!;
  const vendor = [...VENDORS.values()].find((row) => row.dialect === name)!;
  const bodies = DIALECTS.filter((from) => from !== to).flatMap((from) =>
    fixturesOf(from.name)
      .requests.filter(([, body]) => isAnswerable(parse(from, body)))
      .map(([file, body]) => [`${from.name}/${file}`, from, body] as const),
  );

  test.each(models.flatMap((model) => bodies.map(([file, from, body]) => [model, file, from, body] as const)))(
    "%s takes %s",
    async (model, _, from, body) => {
      const request = parse(from, body);
      const changes = { traits: traitsOf(vendor, model), stream: request.stream };
      const response = await fetch(server.url + to.requestPath(model, request.stream), {
        method: "POST",
        body: JSON.stringify(to.formatRequest(request, changes).body),
      });
      const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
      expect([response.status, response.ok ? "" : text]).toEqual([200, ""]);
    },
  );
});

/** A fixture of forms may hold results of calls that nobody made; its own maker would refuse it too. */
function isAnswerable({ messages }: ChatRequest): boolean {
  const parts = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const calls = new Set(parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])));
  return parts.every((part) => part.type !== "tool-result" || calls.has(part.toolCallId));
}
