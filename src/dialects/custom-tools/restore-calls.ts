/** Calls of what a target was given in the place of the client's tools, as calls of those; streamed as they come. */
import type { ChatRequest } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { EventReader, Piece, Reply } from "../../canonical/reply.ts";
import { parseObject } from "../json-object.ts";
import { otherNames } from "../tool-names.ts";
import { type CustomKind, customKind } from "./function-tool.ts";
import { type InputReader, inputReader } from "./input-reader.ts";

type CallEvent = Extract<ReplyEvent, { type: "tool-call" }>;

interface OpenCall {
  event: CallEvent;
  input?: InputReader;
  /** Arguments of a call that is told whole. */
  json: string;
}

/** What a tool is to the client. */
interface Declared {
  name: string;
  namespace?: string;
  kind?: CustomKind;
}

/** The reply with its calls as the client knows them: as events alone, because the upstream's bytes say otherwise. */
export function withDeclaredCalls(reply: Reply, request: ChatRequest): Reply {
  const declared = changedTools(request, reply.dialect);
  if (declared.size === 0) return reply;
  const read = restoreCalls(reply.reader(), declared);
  const restored = ({ bytes: _bytes, ...rest }: Piece, events: Piece["events"]): Piece => ({ ...rest, events });
  const pieces: Reply["pieces"] = {
    async next() {
      const result = await reply.pieces.next();
      return result.done ? result : { done: false, value: restored(result.value, read(result.value)) };
    },
    async return() {
      await reply.pieces.return?.();
      return { done: true, value: undefined };
    },
  };
  const reader: Reply["reader"] = () => {
    const own = reply.reader();
    return (piece) => (piece.events && !piece.bytes ? piece.events : own(piece));
  };
  return { ...reply, pieces, reader };
}

/** Tools that the target knows as something else, by the name that they have there. */
function changedTools(request: ChatRequest, dialect: string): ReadonlyMap<string, Declared> {
  const changed = new Map<string, Declared>();
  const others = new Map(otherNames(request, dialect).map(({ tool, name }) => [tool, name]));
  for (const tool of request.tools ?? []) {
    const kind = customKind(tool);
    const other = others.get(tool);
    if (kind || other !== undefined)
      changed.set(other ?? tool.name, { name: tool.name, namespace: tool.namespace, kind });
  }
  return changed;
}

function restoreCalls(read: EventReader, declared: ReadonlyMap<string, Declared>): EventReader {
  const open = new Map<string, OpenCall>();
  const restore = (event: ReplyEvent): ReplyEvent[] => {
    switch (event.type) {
      case "tool-call":
        return begin(open, event, declared.get(event.name));
      case "arguments": {
        const call = open.get(placeOf(event));
        if (!call) return [event];
        if (!call.input) {
          call.json += event.json;
          return [];
        }
        const text = call.input.push(event.json);
        return text === "" ? [] : [{ ...event, json: text }];
      }
      case "signature":
        // What is told whole has no part that could be signed.
        return open.get(placeOf(event)) && !open.get(placeOf(event))?.input ? [] : [event];
      case "finish":
        return [...endCalls(open, event.choice), event];
      default:
        return [event];
    }
  };
  return (piece) => read(piece).flatMap(restore);
}

function placeOf({ choice, part }: { choice: number; part: number }): string {
  return `${choice}/${part}`;
}

function begin(open: Map<string, OpenCall>, given: CallEvent, declared: Declared | undefined): ReplyEvent[] {
  if (!declared) return [given];
  const { name, namespace, kind } = declared;
  const event = { ...given, name, ...(namespace !== undefined && { namespace }) };
  if (!kind || event.custom) return [event];
  if (kind === "local_shell") {
    open.set(placeOf(event), { event, json: "" });
    return [];
  }
  open.set(placeOf(event), { event, json: "", input: inputReader() });
  return [{ ...event, custom: true }];
}

function endCalls(open: Map<string, OpenCall>, choice: number): ReplyEvent[] {
  const events: ReplyEvent[] = [];
  for (const [place, { event, input, json }] of open) {
    if (event.choice !== choice) continue;
    open.delete(place);
    const { part } = event;
    if (!input) events.push(shellCall(event, json));
    else {
      const rest = input.end();
      if (rest !== "") events.push({ type: "arguments", choice, part, json: rest });
    }
  }
  return events;
}

/** An item of OpenAI's Responses API, the only dialect that declares this tool. */
function shellCall({ choice, part, id }: CallEvent, json: string): ReplyEvent {
  const action = parseObject(json);
  const raw = {
    type: "local_shell_call",
    id: `lsh_${id.replace(/\W/g, "")}`,
    call_id: id,
    status: action ? "completed" : "incomplete",
    action: { command: [], env: {}, ...action, type: "exec" },
  };
  return {
    type: "media",
    choice,
    part,
    media: { type: "opaque", dialect: "openai-responses", kind: "local_shell_call", raw },
  };
}
