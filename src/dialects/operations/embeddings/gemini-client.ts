/** How clients of Gemini's API ask for vectors: :embedContent for one, :batchEmbedContents (all that its SDKs send). */
import type { RequestFacts } from "../../../canonical/call.ts";
import type { Json, JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedRequest } from "../../../canonical/embed.ts";
import type { ClientForm } from "../operation.ts";
import { invalid, modelFacts } from "../passing.ts";
import { count, isObject } from "../read.ts";
import { type BatchForm, MAX_INPUTS } from "./batches.ts";
import { purposeOfTask } from "./purposes.ts";

const FIELD_NAMES: Readonly<Record<string, string>> = {
  purpose: "taskType",
  titles: "title",
  dimensions: "outputDimensionality",
};
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "content",
  "taskType",
  "task_type",
  "title",
  "outputDimensionality",
  "output_dimensionality",
]);

export const geminiEmbedClient: ClientForm<EmbedRequest, EmbedAnswer> = {
  dialect: "gemini",
  inspect,
  parseRequest,
  fieldName: (field) => FIELD_NAMES[field] ?? field,
  unknownFields: (body) => {
    const names = new Set(requestsOf(body).flatMap(Object.keys));
    return [...names].filter((name) => !KNOWN_FIELDS.has(name));
  },
  formatReply({ vectors, usage }, { single }) {
    const embeddings = vectors.map((values) => ({ values: [...values] }));
    return {
      ...(single ? { embedding: embeddings[0]! } : { embeddings }),
      ...(usage && { usageMetadata: { promptTokenCount: usage.input } }),
    };
  },
};

export const geminiBatches: BatchForm = {
  items: ({ requests }) => (Array.isArray(requests) ? requests : undefined),
  withItems: (body, items) => ({ ...body, requests: items as Json[] }),
  join(replies) {
    const embeddings = replies.flatMap(({ embeddings: some }) => some as Json[]);
    const tokens = replies.map(({ usageMetadata }) =>
      isObject(usageMetadata) ? count(usageMetadata["promptTokenCount"]) : undefined,
    );
    const told = tokens.every((one) => one !== undefined);
    const promptTokenCount = tokens.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    return { embeddings, ...(told && { usageMetadata: { promptTokenCount } }) };
  },
};

/** The model is in the path. */
function inspect(body: JsonObject, path?: { model?: string }): RequestFacts {
  const { requests, content } = body;
  if (requests === undefined && !isObject(content)) throw invalid("content", "content: must be an object.");
  if (requests !== undefined && (!Array.isArray(requests) || requests.length === 0 || !requests.every(isObject)))
    throw invalid("requests", "requests: must be a non-empty list of objects.");
  if (Array.isArray(requests) && requests.length > MAX_INPUTS)
    throw invalid("requests", `requests: must have at most ${MAX_INPUTS} elements.`);
  return modelFacts(path?.model === undefined ? {} : { model: path.model });
}

function parseRequest(body: JsonObject): EmbedRequest {
  const requests = requestsOf(body);
  const [first] = requests.map(settingsOf);
  if (requests.some((one) => JSON.stringify(settingsOf(one)) !== JSON.stringify(first)))
    throw invalid(
      "requests",
      "This target takes one taskType and one outputDimensionality for all contents of a call.",
    );
  const titles = requests.map(({ title }) => (typeof title === "string" ? title : undefined));
  return {
    inputs: requests.map(({ content }) => textOf(content)),
    ...(titles.some((title) => title !== undefined) && { titles }),
    ...first,
    ...(body["requests"] === undefined && { single: true }),
    encoding: "float",
  };
}

function requestsOf(body: JsonObject): JsonObject[] {
  const { requests } = body;
  return Array.isArray(requests) ? requests.filter(isObject) : [body];
}

/** In either of the spellings of protocol buffers' JSON. */
function settingsOf(request: JsonObject): Pick<EmbedRequest, "purpose" | "dimensions"> {
  const task = request["taskType"] ?? request["task_type"];
  const length = request["outputDimensionality"] ?? request["output_dimensionality"];
  if (length !== undefined && length !== null && !count(length))
    throw invalid("outputDimensionality", "outputDimensionality: must be a positive whole number.");
  return {
    ...(typeof task === "string" && task !== "TASK_TYPE_UNSPECIFIED" && { purpose: purposeOfTask(task) }),
    ...(typeof length === "number" && { dimensions: length }),
  };
}

/** One vector for each content, of how many texts it may be. */
function textOf(content: Json | undefined): string {
  const parts = isObject(content) ? content["parts"] : undefined;
  const texts = Array.isArray(parts) ? parts.map((part) => (isObject(part) ? part["text"] : undefined)) : [];
  if (texts.length === 0 || !texts.every((text) => typeof text === "string"))
    throw invalid("content", "This target takes texts only.");
  return texts.join("\n");
}
