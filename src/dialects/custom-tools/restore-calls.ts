/** Calls of functions that stand for custom tools, as calls of what the client had declared; streamed as they come. */
import type { ReplyEvent } from "../../canonical/events.ts";
import type { EventReader, Piece, Reply } from "../../canonical/reply.ts";
import { parseObject } from "../json-object.ts";
import type { CustomKind } from "./function-tool.ts";
import { type InputReader, inputReader } from "./input-reader.ts";

type CallEvent = Extract<ReplyEvent, { type: "tool-call" }>;

interface OpenCall {
  event: CallEvent;
  input?: InputReader;
  /** Arguments of a call that is told whole. */
  json: string;
}

/** The reply with its calls as the client knows them: as events alone, because the upstream's bytes say otherwise. */
export function withCustomCalls(reply: Reply, kinds: ReadonlyMap<string, CustomKind>): Reply {
  if (kinds.size === 0) return reply;
  const read = restoreCalls(reply.reader(), kinds);
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

function restoreCalls(read: EventReader, kinds: ReadonlyMap<string, CustomKind>): EventReader {
  const open = new Map<string, OpenCall>();
  const restore = (event: ReplyEvent): ReplyEvent[] => {
    switch (event.type) {
      case "tool-call":
        return begin(open, event, kinds);
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

function begin(open: Map<string, OpenCall>, event: CallEvent, kinds: ReadonlyMap<string, CustomKind>): ReplyEvent[] {
  const kind = event.custom ? undefined : kinds.get(event.name);
  if (!kind) return [event];
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
