/** One request answered: refused as the real provider would, failed as told, or served. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { Clock } from "../../canonical/deps.ts";
import { composeAnswer } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { ErrorKind, SimulatedFault } from "./faults.ts";
import type { HttpRequest } from "./http1.ts";
import { formBody, type SimulatedOperation, simulatedOperation, unknownField } from "./operations.ts";
import type { SimulatedOptions } from "./options.ts";
import { planStream, planWhole, type Step } from "./plan.ts";
import { retryHeaders } from "./retry-headers.ts";
import { sendSteps, waitFor } from "./send-steps.ts";
import { isRefusal, type RefusalDetail, type WireAnswer, type WireDialect, type WireRequest } from "./wire.ts";

export interface Exchange {
  connection: Connection;
  request: HttpRequest;
  fault: SimulatedFault;
  options: SimulatedOptions;
  wires: readonly WireDialect[];
  /** Counts answers, for their ids. */
  number: number;
  clock: Clock;
  /** What it says to a user's text, over `options.answer`; undefined: as the options have it. */
  says?: ((lastUserText: string) => string | undefined) | undefined;
}

/** Rejects only when the connection has gone away. */
export async function respond(exchange: Exchange): Promise<void> {
  const { connection, request, fault, wires, clock } = exchange;
  if (fault.connection) return failToConnect(connection, fault.connection, clock);
  if (fault.headDelayMs) await waitFor(fault.headDelayMs, clock, connection.signal);
  const path = request.path.split("?")[0]!;
  const other = request.method === "POST" ? simulatedOperation(path, wires) : undefined;
  if (other) return answerOperation(exchange, other.wire, other.operation);
  const wire = wires.find((one) => one.serves(path));
  if (request.method === "GET" && /\/models$/.test(path)) return sendJson(exchange, 200, modelList(exchange.options));
  if (!wire || request.method !== "POST") {
    const message = `Invalid URL (${request.method} ${path})`;
    return sendJson(exchange, 404, { error: { message, type: "invalid_request_error", param: null, code: null } });
  }
  return answer(exchange, wire);
}

type Refuse = (kind: ErrorKind, detail?: RefusalDetail) => Promise<void>;

function refuser(exchange: Exchange, wire: WireDialect): Refuse {
  const { fault, clock } = exchange;
  return (kind, detail = {}) => {
    const { status, body, headers } = wire.error(kind, detail);
    const hints = fault.retryAfter ? retryHeaders(fault.retryAfter, clock.now()) : {};
    return sendJson(exchange, status, body, { ...headers, ...hints });
  };
}

/** The same faults as in chat, as far as an answer without a stream can have them. */
async function answerOperation(exchange: Exchange, wire: WireDialect, operation: SimulatedOperation): Promise<void> {
  const { connection, request, fault, options, clock, number } = exchange;
  const refuse = refuser(exchange, wire);
  if (options.keys && !isAccepted(request, wire, options.keys)) return refuse("invalid_key");
  const { body: bytesReceived, headers: received } = request;
  const body = operation.form ? await formBody(bytesReceived, received["content-type"]) : jsonObject(bytesReceived);
  if (!body) return refuse("invalid_request", { message: "We could not parse the body of your request." });
  const unknown = options.strict === false ? undefined : unknownField(operation, body);
  if (unknown) return refuse(unknown.refused, unknown);
  if (fault.error) return refuse(fault.error);
  const said = operation.answer(body, request.path.split("?")[0]!);
  if ("refused" in said) return refuse(said.refused, said);
  const [type, bytes] =
    "json" in said
      ? ["application/json", new TextEncoder().encode(JSON.stringify(said.json))]
      : [said.contentType, said.bytes];
  const [bodyType, text] = fault.body ? BODIES[fault.body] : [];
  const contentType = fault.contentType ?? bodyType ?? type;
  const head = { status: 200, headers: { ...commonHeaders(clock, number), "content-type": contentType } };
  return sendSteps(connection, head, fault.body ? whole(text ?? "") : [{ bytes }, { end: "clean" }], fault, clock);
}

function answer(exchange: Exchange, wire: WireDialect): Promise<void> {
  const { request, fault, options, clock, number } = exchange;
  const refuse = refuser(exchange, wire);
  if (options.keys && !isAccepted(request, wire, options.keys)) return refuse("invalid_key");
  const body = jsonObject(request.body);
  if (!body) return refuse("invalid_request", { message: "We could not parse the JSON body of your request." });
  const asked = wire.read(body, request.headers, options.strict ?? true, request.path);
  if (isRefusal(asked)) return refuse(asked.refused, asked);
  if (options.models && !options.models.includes(asked.model)) return refuse("model_not_found", { model: asked.model });
  if (fault.error) return refuse(fault.error, { model: asked.model });
  if (fault.refusesPrefill && asked.prefill !== undefined) return refuse("prefill_refused");
  const id = `${(options.name ?? "simulated").replace(/[^A-Za-z0-9]/g, "")}${String(number).padStart(6, "0")}`;
  const stamp = { id, createdSeconds: Math.floor(clock.now() / 1000) };
  const said = exchange.says?.(asked.lastUserText);
  const spoken = said === undefined ? options : { ...options, answer: said };
  return serve(exchange, wire, asked, faulty(composeAnswer(asked, spoken, stamp), fault));
}

function isAccepted(request: HttpRequest, wire: WireDialect, keys: readonly string[]): boolean {
  return keys.includes(wire.credential(request.headers) ?? "") || wire.isSigned?.(request, keys) === true;
}

function serve(exchange: Exchange, wire: WireDialect, asked: WireRequest, said: WireAnswer): Promise<void> {
  const { connection, fault, options, clock, number } = exchange;
  const { streamContentType = "text/event-stream; charset=utf-8" } = wire;
  const contentType = asked.stream ? streamContentType : "application/json";
  const head = {
    status: 200,
    headers: { ...commonHeaders(clock, number), "content-type": fault.contentType ?? contentType },
  };
  if (fault.body) {
    const [type, text = lastFrame(wire, said, asked)] = BODIES[fault.body];
    const labelled = {
      ...head,
      headers: { ...head.headers, "content-type": fault.contentType ?? type ?? contentType },
    };
    return sendSteps(connection, labelled, whole(text), fault, clock);
  }
  const tokenMs = options.tokensPerSecond ? 1000 / options.tokensPerSecond : 0;
  const steps = asked.stream ? planStream(wire, said, asked, fault, tokenMs) : planWhole(wire, said, fault, tokenMs);
  return sendSteps(connection, head, steps, asked.stream ? { framing: "chunked", ...fault } : fault, clock);
}

function lastFrame(wire: WireDialect, said: WireAnswer, asked: WireRequest): string {
  const frames = wire.stream(said, asked).filter(({ kind }) => kind === "done");
  return frames.map(({ text }) => text).join("");
}

/** Status 200 and no answer; the label is that of an answer where none is given, the text that of its last frame. */
const BODIES: Readonly<
  Record<NonNullable<SimulatedFault["body"]>, [type: string | undefined, text: string | undefined]>
> = {
  html: [
    "text/html; charset=utf-8",
    "<!doctype html><html><body><h1>Service temporarily unavailable</h1></body></html>",
  ],
  empty: [undefined, ""],
  "done-only": [undefined, undefined],
  "broken-json": ["application/json", '{"id": "chatcmpl-broken", "choices": [{"message": {"content": "He'],
};

function faulty(answer: WireAnswer, { hugeEventBytes, finish, omit }: SimulatedFault): WireAnswer {
  const text = [...answer.text];
  if (hugeEventBytes && text.length > 0) text[0] = "x".repeat(hugeEventBytes);
  return {
    ...answer,
    text: omit?.includes("content") ? [] : text,
    ...(finish !== undefined && { finishWord: finish }),
  };
}

function failToConnect(
  connection: Connection,
  how: NonNullable<SimulatedFault["connection"]>,
  clock: Clock,
): Promise<void> {
  switch (how) {
    case "reset":
      return connection.reset();
    case "close":
      return connection.end();
    case "garbage":
      return connection.write("HTTP/1.1 banana\r\n\r\n").then(() => connection.end());
    case "silence":
      return waitFor(undefined, clock, connection.signal);
    default:
      return how satisfies never;
  }
}

function sendJson(
  { connection, fault, clock, number }: Exchange,
  status: number,
  body: Json,
  headers: Record<string, string> = {},
): Promise<void> {
  const head = {
    status,
    headers: { ...commonHeaders(clock, number), "content-type": fault.contentType ?? "application/json", ...headers },
  };
  return sendSteps(connection, head, whole(JSON.stringify(body)), {}, clock);
}

function whole(text: string): Step[] {
  return [{ bytes: new TextEncoder().encode(text) }, { end: "clean" }];
}

function commonHeaders(clock: Clock, number: number): Record<string, string> {
  const id = `req_simulated${number}`;
  return { date: new Date(clock.now()).toUTCString(), "x-request-id": id, "request-id": id };
}

function modelList({ models = ["simulated"] }: SimulatedOptions): JsonObject {
  const data = models.map((id) => ({ id, object: "model", created: 0, owned_by: "simulated" }));
  return { object: "list", data };
}

function jsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
