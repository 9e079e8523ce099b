/**
 * A provider that is not one: it speaks the real wire bytes of each dialect over real sockets and can be told to fail
 * in every way that real ones do. It serves the demo, the fire drill and the tests. Raw TCP, so that resets, cuts
 * inside a chunk and heads that are no HTTP are real too.
 */
import type { Deps } from "../../canonical/deps.ts";
import { anthropicMessagesWire } from "./anthropic-messages.ts";
import { bedrockConverseWire } from "./bedrock-converse.ts";
import { cohereWire } from "./cohere.ts";
import { type Connection, type ConnectionEvents, connectionOf } from "./connection.ts";
import { type FaultChooser, type FaultSource, faultSource, type SimulatedFault, seeded } from "./faults.ts";
import { geminiWire } from "./gemini.ts";
import { type HttpRequest, requestReader } from "./http1.ts";
import { ollamaWire } from "./ollama.ts";
import { openAiChatWire } from "./openai-chat.ts";
import { openAiResponsesWire } from "./openai-responses.ts";
import type { SimulatedOptions } from "./options.ts";
import { type Exchange, respond } from "./respond.ts";
import type { WireDialect } from "./wire.ts";

/** A new dialect is one file and one line here. */
export const WIRES: readonly WireDialect[] = [
  openAiChatWire,
  openAiResponsesWire,
  anthropicMessagesWire,
  geminiWire,
  bedrockConverseWire,
  cohereWire,
  ollamaWire,
];

/** Names of the dialects that a simulated provider speaks. */
export const SIMULATED_DIALECTS: readonly string[] = WIRES.map(({ name }) => name);

const DEFAULT_KEPT_REQUESTS = 100;

export interface SimulatedRequest extends HttpRequest {
  /** Epoch milliseconds of the injected clock. */
  receivedAtMs: number;
  /** Number of the connection it came on, from 1: equal numbers mean a kept-alive socket. */
  connection: number;
  /** Resolves when its connection is gone: `peer` when the client closed it. */
  closed: Promise<"peer" | "here">;
}

export interface SimulatedServer {
  /** Root address: OpenAI-like clients append `/v1`. */
  url: string;
  /** The last ones, oldest first. */
  requests: readonly SimulatedRequest[];
  /** In force for every request from now on; `undefined` heals. Ends a script. */
  setFaults(fault: SimulatedFault | FaultChooser | undefined): void;
  /** One entry a request, in order, the last one for all that follow. */
  script(entries: readonly (SimulatedFault | null)[]): void;
  /** Closes the listener and every connection. */
  stop(): void;
}

interface Peer {
  connection: Connection & ConnectionEvents;
  read: (bytes: Uint8Array) => HttpRequest[];
  number: number;
  /** Requests of one connection are answered one after the other. */
  turn: Promise<void>;
}

/** @param deps.says over `options.answer`, for whoever wants answers that suit the questions. */
export function startSimulated(
  options: SimulatedOptions,
  deps: Pick<Deps, "clock" | "random"> & Pick<Exchange, "says">,
): SimulatedServer {
  const wires = options.dialect === undefined ? WIRES : WIRES.filter(({ name }) => name === options.dialect);
  if (wires.length === 0) throw new Error(`There is no simulated provider of dialect "${options.dialect}".`);
  const random = options.seed === undefined ? deps.random : seeded(options.seed);
  const faults: FaultSource = faultSource(options.faults, options.script, random);
  const keep = options.keepRequests ?? DEFAULT_KEPT_REQUESTS;
  const requests: SimulatedRequest[] = [];
  let connections = 0;
  let answers = 0;

  const receive = (peer: Peer, request: HttpRequest) => {
    const { connection } = peer;
    const closed = new Promise<"peer" | "here">((resolve) => {
      const settle = () => resolve(connection.closedHere() ? "here" : "peer");
      if (connection.signal.aborted) settle();
      else connection.signal.addEventListener("abort", settle, { once: true });
    });
    requests.push({ ...request, receivedAtMs: deps.clock.now(), connection: peer.number, closed });
    if (requests.length > keep) requests.shift();
    answers += 1;
    const exchange: Exchange = {
      connection,
      request,
      fault: faults.next(request),
      options,
      wires,
      number: answers,
      clock: deps.clock,
      says: deps.says,
    };
    peer.turn = peer.turn.then(() => respond(exchange)).catch(() => connection.end());
  };

  const listener = Bun.listen<Peer>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.setNoDelay(true);
        connections += 1;
        const connection = connectionOf(socket);
        socket.data = { connection, read: requestReader(), number: connections, turn: Promise.resolve() };
      },
      data(socket, bytes) {
        try {
          for (const request of socket.data.read(bytes)) receive(socket.data, request);
        } catch {
          socket.data.connection.end();
        }
      },
      drain: (socket) => socket.data.connection.drained(),
      close: (socket) => socket.data?.connection.closed(),
      error: (socket) => socket.data?.connection.closed(),
    },
  });

  return {
    url: `http://127.0.0.1:${listener.port}`,
    requests,
    setFaults: faults.set,
    script: faults.script,
    stop: () => listener.stop(true),
  };
}
