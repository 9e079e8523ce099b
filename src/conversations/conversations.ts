/**
 * Stored responses: what `previous_response_id` and GET /v1/responses/{id} find. The gateway keeps the conversation
 * itself, sealed, one copy for each principal, so that it goes on at whichever provider answers next. A continued
 * conversation is always written out in the request: an upstream's own id would be worth nothing at the next target.
 */
import type { Call, ReceivedBody } from "../canonical/call.ts";
import type { ChatRequest, Json, JsonObject } from "../canonical/chat.ts";
import type { Clock, Log } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import { openaiResponses } from "../dialects/openai-responses/openai-responses.ts";
import type { ResponsesPort } from "../store/ports.ts";
import type { Seal } from "../store/seal.ts";
import { keptItems } from "./kept-items.ts";
import { CONVERSATION_MAX_BYTES, createKeptResponses } from "./kept-responses.ts";
import { shownInput } from "./shown-input.ts";
import { shownResponse } from "./shown-response.ts";

export interface Conversations {
  /**
   * The call with the conversation that it continues written out. Throws GatewayError: 404 for a response that is not
   * this principal's or not there, 400 for a reference to an unknown item.
   */
  expand(call: Call): Promise<Call>;
  /** Keeps the answer once it is whole, unless the client does not want that. `keepDays` is positive. */
  keep(call: Call, reply: Reply, keepDays: number): Reply;
  /** A stored response as it was shown; undefined where there is none. */
  get(principalId: string, id: string): Promise<JsonObject | undefined>;
  /** All that the model was given for it, oldest first, each item with an id; undefined where there is none. */
  inputItems(principalId: string, id: string): Promise<JsonObject[] | undefined>;
  /** False where there is none. */
  delete(principalId: string, id: string): Promise<boolean>;
}

const DAY_MS = 24 * 60 * 60_000;

export function createConversations(
  port: ResponsesPort,
  seal: Seal,
  { clock, log }: { clock: Clock; log: Log },
): Conversations {
  const kept = createKeptResponses(port, seal, () => clock.now());

  const put = (call: Call, response: JsonObject, keepDays: number) => {
    const { input, previous_response_id: _, ...rest } = call.body.json;
    const items = [...inputItems(input), ...keptItems(response["output"])];
    const previous = call.body.facts.echo?.["previous_response_id"] ?? null;
    const shown: JsonObject = { ...response, previous_response_id: previous, store: rest["store"] ?? true };
    const written = kept.put(call.principal.id, { response: shown, items }, clock.now() + keepDays * DAY_MS);
    written.catch((error) => log("warn", "A response could not be stored.", { request: call.id, error }));
  };

  return {
    async expand(call) {
      if (call.dialect !== openaiResponses.name || call.operation !== "chat") return call;
      const { previous_response_id: previous, input } = call.body.json;
      const continues = typeof previous === "string" && previous !== "";
      if (!continues && !hasReferences(input)) return call;
      const before = continues ? await kept.get(call.principal.id, previous) : undefined;
      if (continues && !before)
        throw new GatewayError("not_found", `Previous response with id '${previous}' not found.`, {
          param: "previous_response_id",
        });
      const items = await resolved(inputItems(input), before?.items ?? [], (id) => kept.item(call.principal.id, id));
      return { ...call, body: expandedBody(call.body, items) };
    },

    keep(call, reply, keepDays) {
      const { json } = call.body;
      const wanted = call.dialect === openaiResponses.name && call.operation === "chat" && json["store"] !== false;
      if (!wanted) return reply;
      const whenWhole = (response: JsonObject) => put(call, response, keepDays);
      return { ...reply, pieces: watchedPieces(call, reply, clock, whenWhole) };
    },

    async get(principalId, id) {
      return (await kept.get(principalId, id))?.response;
    },

    async inputItems(principalId, id) {
      const found = await kept.get(principalId, id);
      return found && shownInput(found);
    },

    delete: (principalId, id) => kept.delete(principalId, id),
  };
}

function inputItems(input: Json | undefined): Json[] {
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  return Array.isArray(input) ? input : [];
}

function hasReferences(input: Json | undefined): boolean {
  return Array.isArray(input) && input.some((item) => referenceOf(item) !== undefined);
}

/** The id of `{ "type": "item_reference", "id" }`; its type may be left out. */
function referenceOf(item: Json): string | undefined {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return undefined;
  const { type, id } = item;
  const bare =
    (type === undefined || type === null) && Object.keys(item).every((key) => key === "id" || key === "type");
  return (type === "item_reference" || bare) && typeof id === "string" ? id : undefined;
}

/** The items of the conversation so far, then the new ones with what they refer to in its place. */
async function resolved(
  input: readonly Json[],
  before: readonly Json[],
  find: (id: string) => Promise<Json[] | undefined>,
): Promise<Json[]> {
  const items: Json[] = [...before];
  for (const [index, item] of input.entries()) {
    const id = referenceOf(item);
    if (id === undefined) {
      items.push(item);
      continue;
    }
    const found = await find(id);
    if (!found)
      throw new GatewayError("invalid_request", `Item with id '${id}' not found.`, { param: `input[${index}]` });
    items.push(...found);
  }
  return items;
}

function expandedBody({ json, facts }: ReceivedBody, input: Json[]): ReceivedBody {
  const { previous_response_id: _, ...others } = json;
  const expanded: JsonObject = { ...others, input };
  let chat: ChatRequest | undefined;
  return {
    bytes: new TextEncoder().encode(JSON.stringify(expanded)),
    json: expanded,
    facts,
    chat() {
      chat ??= openaiResponses.parseRequest(expanded);
      return chat;
    },
  };
}

/** An answer in the client's own dialect tells itself whole in its last event; others are gathered, within bounds. */
function watchedPieces(
  call: Call,
  reply: Reply,
  clock: Clock,
  whenWhole: (response: JsonObject) => void,
): Reply["pieces"] {
  const { pieces: source } = reply;
  let own = reply.dialect === openaiResponses.name;
  let gathered: Piece[] = [];
  let bytes = 0;
  let over = false;
  const end = () => {
    if (over || gathered.length === 0) return;
    over = true;
    whenWhole(shownResponse(call, reply, gathered, clock.now()));
  };
  const see = (piece: Piece) => {
    if (over) return;
    if (piece.failure) {
      over = true;
      return;
    }
    if (piece.seam) {
      own = false;
      gathered = [...piece.seam.sent];
    }
    if (own && !piece.finish) return;
    gathered.push(piece);
    bytes += piece.bytes?.byteLength ?? EVENT_PIECE_BYTES;
    if (bytes > CONVERSATION_MAX_BYTES) over = true;
    // Before the client has seen the end: its next request may name this answer at once.
    else if (own) end();
  };
  return {
    async next() {
      const result = await source.next();
      if (result.done) end();
      else see(result.value);
      return result;
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  };
}

/** Pieces without bytes are small events. */
const EVENT_PIECE_BYTES = 256;
