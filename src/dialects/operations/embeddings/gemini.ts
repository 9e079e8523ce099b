/** Gemini's :batchEmbedContents as an upstream, and for clients of its own dialect (ai.google.dev/api/embeddings). */
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedRequest } from "../../../canonical/embed.ts";
import { NO_USAGE, type Usage } from "../../../canonical/usage.ts";
import { pathSegments } from "../../path-segment.ts";
import { type Edit, splice } from "../../splice.ts";
import { malformed, type OperationWire, type UpstreamForm } from "../operation.ts";
import { count, isObject, vectorOf } from "../read.ts";
import { googleTask } from "./purposes.ts";
import { textsOf } from "./texts.ts";

export const geminiEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "gemini",
  requestPath: (model) => `/v1beta/${pathSegments(nameOf(model))}:batchEmbedContents`,
  formatRequest(request, { model }) {
    const { dimensions, purpose, titles } = request;
    const task = googleTask(purpose);
    const requests = textsOf(request).map((text, index) => ({
      model: nameOf(model),
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
      ...(task !== undefined && { taskType: task }),
      ...(titles?.[index] !== undefined && { title: titles[index] }),
    }));
    return { body: { requests }, warnings: purpose !== undefined && task === undefined ? ["purpose"] : [] };
  },
  parseReply(body) {
    const usage = usageOf(body);
    return { vectors: entriesOf(body).map(({ values }) => values), ...(usage && { usage }) };
  },
};

const encoder = new TextEncoder();
const WRAP_START = encoder.encode('{"requests":[');
const WRAP_END = encoder.encode("]}");

/** The client's bytes with the model edited. A call for one vector goes as a batch of one: the same at the same price. */
export const geminiSameWire: OperationWire = {
  prepare({ bytes, json }, { model }) {
    const { requests } = json;
    const single = requests === undefined;
    const edits: Edit[] = (Array.isArray(requests) ? requests : [json]).flatMap((request, index) =>
      isObject(request) && request["model"] === nameOf(model)
        ? []
        : [{ op: "set", path: ["requests", index, "model"], value: nameOf(model) }],
    );
    return {
      bytes: splice(single ? Buffer.concat([WRAP_START, bytes, WRAP_END]) : bytes, edits),
      warnings: [],
      read(reply, received) {
        const [first] = entriesOf(reply);
        const usage = usageOf(reply);
        const { embeddings: _, ...others } = reply;
        const shown = single ? encoder.encode(JSON.stringify({ ...others, embedding: first! })) : received;
        return { bytes: shown, ...(usage && { usage }) };
      },
    };
  },
};

function entriesOf({ embeddings }: JsonObject): (JsonObject & { values: number[] })[] {
  if (!Array.isArray(embeddings) || embeddings.length === 0) throw malformed("vectors");
  return embeddings.map((one) => {
    const values = isObject(one) ? vectorOf(one["values"]) : undefined;
    if (!values) throw malformed("vectors");
    return { ...(one as JsonObject), values };
  });
}

function usageOf({ usageMetadata }: JsonObject): Usage | undefined {
  const tokens = isObject(usageMetadata) ? count(usageMetadata["promptTokenCount"]) : undefined;
  return tokens === undefined ? undefined : { ...NO_USAGE, input: tokens };
}

function nameOf(model: string): string {
  return /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
}
