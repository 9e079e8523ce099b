/**
 * Recorded requests of clients, coding agents among them, sent through the compiled binary to providers of every other
 * dialect, which refuse what the real ones refuse: each must be answered, and the answer must be whole and the client's.
 */
import { existsSync, readdirSync } from "node:fs";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { type Answer, collect } from "../../src/canonical/events.ts";
import type { Dialect } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { modelOf, type ProviderName, startWorld, type World } from "../../test/e2e/sdks/world.ts";
import { readJson } from "./cases.ts";
import type { Row } from "./report.ts";

const GROUP = "client requests, other dialects";
const ANSWER_LIMIT_MS = 20_000;

interface Route {
  dialect: string;
  providers: readonly ProviderName[];
}

const ROUTES: Readonly<Record<string, Route>> = {
  "/v1/chat/completions": { dialect: "openai-chat", providers: ["claude", "google", "bedrock", "cohere", "ollama"] },
  "/v1/messages": { dialect: "anthropic-messages", providers: ["openai", "google", "bedrock", "cohere", "ollama"] },
  "/v1/responses": {
    dialect: "openai-responses",
    providers: ["claude", "google", "compatible", "bedrock", "cohere", "ollama"],
  },
};

/** Left where they were: the headers of the connection that they came on. */
const HEADERS = /^(anthropic-|openai-|x-stainless-|x-app$|user-agent$|accept$)/;

export async function overForeignProviders(root: string): Promise<Row[]> {
  const directory = `${root}/_client_requests`;
  if (!existsSync(directory)) return [];
  await using world = await startWorld(
    ["words"],
    ["openai", "claude", "google", "compatible", "bedrock", "cohere", "ollama"],
  );
  const rows: Row[] = [];
  for (const file of readdirSync(directory).toSorted()) {
    if (file === "index.json" || !file.endsWith(".json")) continue;
    const recorded = readJson(`${directory}/${file}`);
    const route = ROUTES[String(recorded["endpoint"])];
    const body = recorded["body"] as JsonObject;
    // One without a model is Azure's, and has it in its path.
    if (!route || body["model"] === undefined || Number(recorded["recorded_status"]) >= 400) continue;
    const faults: string[] = [];
    for (const provider of route.providers)
      faults.push(
        ...(await faultsOver(world, provider, recorded, route.dialect)).map((text) => `${provider}: ${text}`),
      );
    rows.push({ name: `_client_requests/${file} elsewhere`, group: GROUP, faults });
  }
  return rows;
}

async function faultsOver(world: World, provider: ProviderName, recorded: JsonObject, name: string): Promise<string[]> {
  const dialect = DIALECTS.find((one) => one.name === name)!;
  const { endpoint, headers, body } = recorded as {
    endpoint: string;
    headers: Record<string, string>;
    body: JsonObject;
  };
  const sent = Object.entries(headers ?? {}).filter(([key]) => HEADERS.test(key.toLowerCase()));
  const response = await fetch(world.reach.url + endpoint, {
    method: "POST",
    headers: {
      ...Object.fromEntries(sent),
      "content-type": "application/json",
      authorization: `Bearer ${world.reach.key}`,
    },
    body: JSON.stringify({ ...body, model: modelOf("words", provider) }),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) return [`status ${response.status}: ${Buffer.from(bytes).toString().slice(0, 300)}`];
  const streams = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (streams !== (body["stream"] === true)) return ["a stream where none was asked for, or the other way round"];
  try {
    const answer = streams ? streamed(dialect, bytes) : dialect.parseReply(JSON.parse(Buffer.from(bytes).toString()));
    return judge(answer);
  } catch (error) {
    return [`no answer of the client's dialect: ${error}`];
  }
}

function streamed(dialect: Dialect, bytes: Uint8Array): Answer {
  const reader = dialect.frameReader();
  const read = dialect.eventReader();
  const events = [...reader.push(bytes), ...reader.end()].flatMap((piece) => [...read(piece)]);
  const error = events.find((event) => event.type === "error");
  if (error) throw new Error(error.failure.message);
  return collect(events);
}

function judge({ choices }: Answer): string[] {
  const [choice] = choices;
  if (!choice) return ["no choice"];
  const faults: string[] = [];
  const { message, finish } = choice;
  const parts = typeof message.content === "string" ? [] : message.content;
  if (message.content.length === 0) faults.push("an empty answer");
  const calls = parts.some((part) => part.type === "tool-call");
  if (calls && finish.unified !== "tool-calls") faults.push(`calls that end with ${finish.unified}`);
  if (!calls && finish.unified !== "stop" && finish.unified !== "length") faults.push(`an end with ${finish.unified}`);
  return faults;
}
