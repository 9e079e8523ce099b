/** OpenAI's POST /embeddings, and what the servers that call themselves compatible make of it. */
import type { RequestFacts } from "../../../canonical/call.ts";
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedInput, EmbedRequest } from "../../../canonical/embed.ts";
import { GatewayError } from "../../../canonical/errors.ts";
import { NO_USAGE, type Usage } from "../../../canonical/usage.ts";
import type { TargetTraits } from "../../dialect.ts";
import type { Edit } from "../../splice.ts";
import { type ClientForm, malformed, type SameForm, type UpstreamForm } from "../operation.ts";
import { count, isObject, refusedEdits } from "../read.ts";
import { MAX_INPUTS } from "./batches.ts";
import { lostAtOthers } from "./texts.ts";

const KNOWN_FIELDS: ReadonlySet<string> = new Set(["model", "input", "dimensions", "encoding_format", "input_type"]);

export const openaiEmbeddings: ClientForm<EmbedRequest, EmbedAnswer> &
  UpstreamForm<EmbedRequest, EmbedAnswer> &
  SameForm = {
  dialect: "openai-chat",
  requestPath: () => "/embeddings",
  inspect,
  parseRequest,
  fieldName: (field) => (field === "purpose" ? "input_type" : field),
  unknownFields: (body) => Object.keys(body).filter((name) => body[name] !== null && !KNOWN_FIELDS.has(name)),
  formatReply: ({ vectors, usage }, { encoding }, model) => ({
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encoding === "base64" ? base64Of(vector) : [...vector],
    })),
    model,
    usage: { prompt_tokens: usage?.input ?? 0, total_tokens: usage?.input ?? 0 },
  }),
  formatRequest(request, traits) {
    const { inputs, dimensions } = request;
    const body: JsonObject = { model: traits.model, input: inputs.map((input) => input as string | number[]) };
    if (dimensions !== undefined) body[dimensionsField(traits)] = dimensions;
    return { body, warnings: lostAtOthers(request) };
  },
  parseReply(body) {
    const vectors = entriesOf(body).map(({ embedding }) => {
      if (typeof embedding === "string") return floatsOf(embedding);
      if (Array.isArray(embedding)) return embedding as number[];
      throw malformed("vectors");
    });
    const usage = usageOf(body);
    return { vectors, ...(usage && { usage }) };
  },
  edits(body, traits) {
    const { edits, warnings } = refusedEdits(body, traits);
    if (body["model"] !== traits.model) edits.push({ op: "set", path: ["model"], value: traits.model });
    const field = dimensionsField(traits);
    if (field !== "dimensions" && body["dimensions"] !== undefined)
      edits.push({ op: "rename", path: ["dimensions"], to: field } satisfies Edit);
    return { edits, warnings };
  },
  inspectReply(reply, body) {
    const entries = entriesOf(reply);
    const usage = usageOf(reply);
    return { ...(usage && { usage }), ...rewritten(reply, entries, body) };
  },
};

function inspect(body: JsonObject): RequestFacts {
  const { model, input, encoding_format: encoding, user } = body;
  if (model === undefined || model === null) throw invalid("model", "you must provide a model parameter.");
  if (typeof model !== "string" || model === "") throw invalid("model", "'model' must be a non-empty string.");
  if (input === undefined || input === null) throw invalid("input", "Missing required parameter: 'input'.");
  const list = Array.isArray(input) ? input : [input];
  if (list.length === 0 || input === "") throw invalid("input", "'input' must not be empty.");
  if (list.length > MAX_INPUTS && typeof list[0] !== "number")
    throw invalid("input", `'input' must have at most ${MAX_INPUTS} elements.`);
  if (!isInput(list)) throw invalid("input", "'input' must be a string, a list of strings, or tokens.");
  if (encoding != null && encoding !== "float" && encoding !== "base64")
    throw invalid("encoding_format", "'encoding_format' must be 'float' or 'base64'.");
  const facts: RequestFacts = { model, stream: false, choices: 1, wantsUsage: false };
  if (typeof user === "string" && user !== "") facts.user = user;
  return facts;
}

/** Texts, one list of tokens, or lists of tokens; a server with media of its own may take objects too. */
function isInput(list: readonly unknown[]): boolean {
  return (
    list.every((one) => typeof one === "string") ||
    list.every((one) => typeof one === "number") ||
    list.every((one) => isObject(one)) ||
    list.every((one) => Array.isArray(one) && one.length > 0 && one.every((token) => typeof token === "number"))
  );
}

function parseRequest(body: JsonObject): EmbedRequest {
  const { input, dimensions, encoding_format: encoding, input_type: purpose } = body;
  const list = Array.isArray(input) ? input : [input];
  if (list.some(isObject)) throw invalid("input", "This target takes texts and tokens only.");
  const inputs = (typeof list[0] === "number" ? [list] : list) as EmbedInput[];
  const request: EmbedRequest = { inputs, encoding: encoding === "base64" ? "base64" : "float" };
  if (dimensions !== undefined && dimensions !== null) {
    if (!count(dimensions)) throw invalid("dimensions", "'dimensions' must be a positive whole number.");
    request.dimensions = count(dimensions);
  }
  if (typeof purpose === "string") request.purpose = purpose;
  return request;
}

/** Mistral's name for it; its schema forbids fields that it does not define (docs.mistral.ai/api, November 2026). */
function dimensionsField({ vendor }: TargetTraits): string {
  return vendor === "mistral" ? "output_dimension" : "dimensions";
}

function entriesOf(reply: JsonObject): JsonObject[] {
  const { data } = reply;
  if (!Array.isArray(data) || data.length === 0 || !data.every(isObject)) throw malformed("vectors");
  return data as JsonObject[];
}

function usageOf({ usage }: JsonObject): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = count(usage["prompt_tokens"]) ?? count(usage["total_tokens"]);
  return input === undefined ? undefined : { ...NO_USAGE, input };
}

/**
 * Servers that ignore `encoding_format` answer a client who wants base64 with numbers. OpenAI's Node SDK asks for base64
 * by itself and reads numbers as bytes: wrong vectors, and no error.
 */
function rewritten(reply: JsonObject, entries: JsonObject[], body: JsonObject): { rewritten?: JsonObject } {
  const wanted = body["encoding_format"] === "base64" ? "base64" : "float";
  const is = (embedding: unknown) => (typeof embedding === "string" ? "base64" : "float");
  if (entries.every(({ embedding }) => is(embedding) === wanted)) return {};
  const data = entries.map((entry) => {
    const { embedding } = entry;
    if (wanted === "base64" && Array.isArray(embedding))
      return { ...entry, embedding: base64Of(embedding as number[]) };
    if (wanted === "float" && typeof embedding === "string") return { ...entry, embedding: floatsOf(embedding) };
    return entry;
  });
  return { rewritten: { ...reply, data } };
}

/** Little-endian 32-bit floats. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  return bytes.toString("base64");
}

function floatsOf(text: string): number[] {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0) throw malformed("vectors");
  const vector: number[] = [];
  for (let at = 0; at < bytes.length; at += Float32Array.BYTES_PER_ELEMENT) vector.push(bytes.readFloatLE(at));
  return vector;
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}
