/**
 * The operations besides chat. An operation has client forms and upstream forms, each of one dialect, which meet in a
 * small canonical request and answer. Where both sides are of one dialect the client's bytes travel, as in chat.
 */
import type { ReceivedBody, RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import type { Usage } from "../../canonical/usage.ts";
import { type FormattedRequest, MalformedReply, type TargetTraits } from "../dialect.ts";
import { type Edit, splice } from "../splice.ts";

/** How clients of a dialect ask and are answered. */
export interface ClientForm<Request, Answer> {
  /** Name of the dialect. */
  readonly dialect: string;
  /** The facts of a body, and the gateway's own 400s: GatewayError("invalid_request") with `param`. */
  inspect(body: JsonObject, path?: { model?: string }): RequestFacts;
  parseRequest(body: JsonObject): Request;
  /** The client's name of a canonical field that a target cannot honour; absent: the same. */
  fieldName?(field: string): string;
  /** Fields that the canonical form does not have, to be told where the body does not pass as it came. */
  unknownFields?(body: JsonObject): string[];
  /** `model`: the target's own name for it. */
  formatReply(answer: Answer, request: Request, model: string): JsonObject;
}

/** How an upstream of a dialect is asked and answers. */
export interface UpstreamForm<Request, Answer> {
  readonly dialect: string;
  /** Path below the provider's base URL, query included. */
  requestPath(model: string): string;
  /**
   * Warnings are canonical names of fields. Throws GatewayError("invalid_request") for what cannot be said there at all;
   * then another target is tried.
   */
  formatRequest(request: Request, traits: TargetTraits): FormattedRequest;
  /** Throws MalformedReply when the body is no answer. */
  parseReply(body: JsonObject, request: Request): Answer;
}

/** An upstream whose clients may be of its own dialect: then bytes pass. */
export interface SameForm {
  readonly dialect: string;
  edits(body: JsonObject, traits: TargetTraits): { edits: Edit[]; warnings: string[] };
  /** Throws MalformedReply. `rewritten` only where the client would not understand what came. */
  inspectReply(reply: JsonObject, body: JsonObject): { usage?: Usage; rewritten?: JsonObject };
}

/** One attempt's body, and how its answer is read. */
export interface PreparedOperation {
  bytes: Uint8Array;
  /** Fields of the client's dialect that this target cannot honour. */
  warnings: string[];
  /** Of the body; JSON where absent. */
  contentType?: string;
  /** Absent: the answer's bytes pass as they come. Throws MalformedReply; the bytes are in the client's form. */
  read?(reply: JsonObject, bytes: Uint8Array): { bytes: Uint8Array; usage?: Usage };
  /** Set where the body holds more than one call may there: sent as these instead, and their answers are one. */
  split?: {
    parts: readonly PreparedOperation[];
    /** The answers in the order of the parts, each in the client's form. */
    join(answers: readonly Uint8Array[]): Uint8Array;
  };
}

/** What lies between one client form and one upstream form. */
export interface OperationWire {
  prepare(body: Pick<ReceivedBody, "bytes" | "json" | "contentType">, traits: TargetTraits): PreparedOperation;
}

/** What every canonical answer tells. */
interface Billed {
  usage?: Usage;
}

export interface OperationForms<Request, Answer> {
  clients: readonly ClientForm<Request, Answer>[];
  upstreams: readonly UpstreamForm<Request, Answer>[];
  same: readonly (SameForm & Pick<UpstreamForm<Request, Answer>, "requestPath">)[];
}

export interface OperationWires {
  /** Undefined where no client of the one can be served by an upstream of the other. */
  wire(client: string, upstream: string): OperationWire | undefined;
  /** Path below the base URL of an upstream of this dialect; undefined: it has none for this operation. */
  requestPath(upstream: string, model: string): string | undefined;
}

const encoder = new TextEncoder();

/** Closes over the canonical types: whoever routes an operation need not know them. */
export function operationWires<Request, Answer extends Billed>(forms: OperationForms<Request, Answer>): OperationWires {
  return {
    requestPath: (upstream, model) =>
      [...forms.same, ...forms.upstreams].find(({ dialect }) => dialect === upstream)?.requestPath(model),
    wire(clientName, upstreamName) {
      const same = clientName === upstreamName && forms.same.find(({ dialect }) => dialect === clientName);
      if (same) return sameWire(same);
      const client = forms.clients.find(({ dialect }) => dialect === clientName);
      const upstream = forms.upstreams.find(({ dialect }) => dialect === upstreamName);
      return client && upstream && translatingWire(client, upstream);
    },
  };
}

function sameWire(form: SameForm): OperationWire {
  return {
    prepare({ bytes, json }, traits) {
      const { edits, warnings } = form.edits(json, traits);
      return {
        bytes: edits.length === 0 ? bytes : splice(bytes, edits),
        warnings,
        read(reply, received) {
          const { usage, rewritten } = form.inspectReply(reply, json);
          return { bytes: rewritten ? encoder.encode(JSON.stringify(rewritten)) : received, ...(usage && { usage }) };
        },
      };
    },
  };
}

function translatingWire<Request, Answer extends Billed>(
  client: ClientForm<Request, Answer>,
  upstream: UpstreamForm<Request, Answer>,
): OperationWire {
  return {
    prepare({ json }, traits) {
      const request = client.parseRequest(json);
      const { body, warnings } = upstream.formatRequest(request, traits);
      return {
        bytes: encoder.encode(JSON.stringify(body)),
        warnings: [
          ...warnings.map((field) => client.fieldName?.(field) ?? field),
          ...(client.unknownFields?.(json) ?? []),
        ],
        read(reply) {
          const answer = upstream.parseReply(reply, request);
          const bytes = encoder.encode(JSON.stringify(client.formatReply(answer, request, traits.model)));
          return { bytes, ...(answer.usage && { usage: answer.usage }) };
        },
      };
    },
  };
}

/** For `parseReply`: the upstream's 200 is no answer of this API. */
export function malformed(what: string): MalformedReply {
  return new MalformedReply({ class: "malformed", message: `The upstream's answer has no ${what}.` });
}
