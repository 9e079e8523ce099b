/**
 * Recorded requests of clients, sent on to an upstream of their own dialect: what arrives must be what was sent, byte
 * for byte but for the edits that are named.
 */
import { existsSync, readdirSync } from "node:fs";
import type { Call } from "../../src/canonical/call.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { openaiCompletions } from "../../src/dialects/openai-completions/openai-completions.ts";
import { embeddings } from "../../src/dialects/operations/embeddings/embeddings.ts";
import { openaiEmbeddings } from "../../src/dialects/operations/embeddings/openai.ts";
import { splice } from "../../src/dialects/splice.ts";
import { prepareBody } from "../../src/router/body.ts";
import { readJson } from "./cases.ts";
import type { Row } from "./report.ts";

const DIALECT_OF_PATH: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "openai-chat",
  "/v1/messages": "anthropic-messages",
  "/v1/responses": "openai-responses",
  "/v1/completions": "openai-completions",
};
const EMBEDDINGS = "/v1/embeddings";
const GROUP = "client requests, same dialect";
const MODEL = "another-model";

export function passThrough(root: string): Row[] {
  const directory = `${root}/_client_requests`;
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file !== "index.json" && file.endsWith(".json"))
    .toSorted()
    .flatMap((file) => {
      const recorded = readJson(`${directory}/${file}`);
      const body = recorded["body"] as JsonObject;
      const endpoint = String(recorded["endpoint"]);
      const dialect = DIALECT_OF_PATH[endpoint];
      if (!dialect && endpoint !== EMBEDDINGS) return [];
      const faults = dialect ? faultsOf(body, dialect) : embeddingFaults(body);
      return [{ name: `_client_requests/${file}`, group: GROUP, faults }];
    });
}

/** Of embeddings not even usage has to be asked for: nothing is edited. */
function embeddingFaults(json: JsonObject): string[] {
  const bytes = Buffer.from(JSON.stringify(json, null, 2));
  const { model } = openaiEmbeddings.inspect(json);
  const wire = embeddings.wire("openai-chat", "openai-chat")!;
  const { bytes: sent, warnings } = wire.prepare({ bytes, json }, { model, vendor: "openai" });
  return bytes.equals(sent) && warnings.length === 0 ? [] : ["other bytes than sent"];
}

function faultsOf(body: JsonObject, name: string): string[] {
  const faults: string[] = [];
  const dialect = [...DIALECTS, openaiCompletions].find((one) => one.name === name)!;
  // Three spellings of one body: the wire's own white space must survive.
  for (const text of [
    JSON.stringify(body),
    JSON.stringify(body, null, 2),
    JSON.stringify(body).replaceAll('":', '" : '),
  ]) {
    try {
      const bytes = new TextEncoder().encode(text);
      const json = JSON.parse(text) as JsonObject;
      const facts = dialect.inspect(json);
      const call = {
        dialect: name,
        body: { bytes, json, facts, chat: () => dialect.parseRequest(json) },
      } as unknown as Call;
      const changes = (model: string) => ({ traits: { model, vendor: "openai" }, stream: facts.stream });
      const direct = dialect.edits(json, changes(facts.model));
      if (!direct) return ["it would go through the canonical form"];
      const same = prepareBody(call, dialect, changes(facts.model)).bytes;
      // Usage is asked for in every stream, and no answer is made in the background: a client did not cause these.
      const foreign = direct.edits.filter(({ path: [field] }) => field !== "stream_options" && field !== "background");
      if (foreign.length > 0) faults.push(`edited without need: ${JSON.stringify(foreign.map(({ path }) => path))}`);
      if (!Buffer.from(same).equals(Buffer.from(splice(bytes, direct.edits)))) faults.push("other bytes than sent");
      if (direct.edits.length === 0 && !Buffer.from(same).equals(Buffer.from(bytes))) faults.push("bytes changed");
      const other = dialect.edits(json, changes(MODEL))!;
      const renamed = Buffer.from(splice(bytes, other.edits)).toString();
      const undone = renamed.replace(JSON.stringify(MODEL), JSON.stringify(facts.model));
      if (undone !== Buffer.from(same).toString()) faults.push("more than the model was changed");
    } catch (error) {
      faults.push(`threw ${error}`);
    }
  }
  return faults;
}
