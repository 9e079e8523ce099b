import OpenAI from "openai";
import { generatedErrors, openAiFailure } from "./openai-chat.ts";
import type { Reach, Sdk } from "./sdk.ts";

const client = ({ url, key }: Reach, maxRetries?: number) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...(maxRetries !== undefined && { maxRetries }) });

export const openAiResponses: Sdk = {
  name: "openai, responses",
  finished: "completed",
  errors: generatedErrors(),
  async say(reach, model, text) {
    const answer = await client(reach, 0).responses.create({ model, input: text });
    return { text: answer.output_text, finish: answer.status ?? "", requestId: answer._request_id };
  },
  async stream(reach, model, text) {
    const { data, request_id } = await client(reach, 0)
      .responses.create({ model, input: text, stream: true })
      .withResponse();
    const said = { text: "", finish: "", requestId: request_id };
    for await (const event of data) {
      if (event.type === "response.output_text.delta") said.text += event.delta;
      if (event.type === "response.completed") said.finish = event.response.status ?? "";
    }
    return said;
  },
  /** Without a stored conversation: everything is sent back as it came. */
  async toolLoop(reach, model, text, { name, description, schema }, run) {
    const tools: OpenAI.Responses.Tool[] = [
      { type: "function", name, description, parameters: { ...schema }, strict: false },
    ];
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: text }];
    const shared = { model, tools, store: false };
    const { responses } = client(reach, 0);
    const first = await responses.stream({ ...shared, input }).finalResponse();
    for (const item of first.output) {
      input.push(item as OpenAI.Responses.ResponseInputItem);
      if (item.type === "function_call")
        input.push({
          type: "function_call_output",
          call_id: item.call_id,
          output: run(JSON.parse(item.arguments)),
        });
    }
    return (await responses.create({ ...shared, input })).output_text;
  },
  async structured(reach, model, text, schema) {
    const format = {
      type: "json_schema" as const,
      name: "answer",
      strict: true,
      schema: { ...schema, additionalProperties: false },
    };
    const answer = await client(reach, 0).responses.parse({ model, input: text, text: { format } });
    return answer.output_parsed;
  },
  async look(reach, model, text, png) {
    const content: OpenAI.Responses.ResponseInputContent[] = [
      { type: "input_text", text },
      { type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "auto" },
    ];
    return (await client(reach, 0).responses.create({ model, input: [{ role: "user", content }] })).output_text;
  },
  fail: (reach, model) => openAiFailure(() => client(reach).responses.create({ model, input: "Hi" })),
  async hangUp(reach, model) {
    const stream = await client(reach, 0).responses.create({ model, input: "Hi", stream: true });
    for await (const event of stream) if (event.type === "response.output_text.delta") break;
  },
};
