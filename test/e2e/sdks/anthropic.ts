import Anthropic from "@anthropic-ai/sdk";
import { generatedErrors } from "./openai-chat.ts";
import { caught, type Reach, type Sdk } from "./sdk.ts";

const MAX_TOKENS = 500;

const client = ({ url, key }: Reach, maxRetries?: number) =>
  new Anthropic({ baseURL: `${url}/anthropic`, apiKey: key, ...(maxRetries !== undefined && { maxRetries }) });
const asked = (model: string, content: Anthropic.MessageParam["content"]) => ({
  model,
  max_tokens: MAX_TOKENS,
  messages: [{ role: "user" as const, content }],
});
const textOf = ({ content }: Anthropic.Message) =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");

export const anthropic: Sdk = {
  name: "@anthropic-ai/sdk",
  finished: "end_turn",
  errors: { ...generatedErrors(), 503: "ServiceUnavailableError" },
  async say(reach, model, text) {
    const answer = await client(reach, 0).messages.create(asked(model, text));
    return { text: textOf(answer), finish: answer.stop_reason ?? "", requestId: answer._request_id };
  },
  async stream(reach, model, text) {
    const stream = client(reach, 0).messages.stream(asked(model, text));
    let heard = "";
    stream.on("text", (delta) => {
      heard += delta;
    });
    const final = await stream.finalMessage();
    return { text: heard, finish: final.stop_reason ?? "", requestId: stream.request_id };
  },
  async toolLoop(reach, model, text, { name, description, schema }, run) {
    const body = { ...asked(model, text), tools: [{ name, description, input_schema: schema }] };
    const messages: Anthropic.MessageParam[] = [...body.messages];
    const first = await client(reach, 0).messages.stream(body).finalMessage();
    messages.push({ role: "assistant", content: first.content });
    messages.push({
      role: "user",
      content: first.content
        .filter((block) => block.type === "tool_use")
        .map(({ id, input }) => ({ type: "tool_result", tool_use_id: id, content: run(input) })),
    });
    return textOf(await client(reach, 0).messages.create({ ...body, messages }));
  },
  async structured(reach, model, text, schema) {
    const format = { type: "json_schema" as const, schema: { ...schema, additionalProperties: false } };
    const answer = await client(reach, 0).messages.parse({ ...asked(model, text), output_config: { format } });
    return answer.parsed_output ?? JSON.parse(textOf(answer));
  },
  async look(reach, model, text, data) {
    const source = { type: "base64" as const, media_type: "image/png" as const, data };
    const body = asked(model, [
      { type: "image", source },
      { type: "text", text },
    ]);
    return textOf(await client(reach, 0).messages.create(body));
  },
  async fail(reach, model) {
    const error = await caught(() => client(reach).messages.create(asked(model, "Hi")));
    if (!(error instanceof Anthropic.APIError)) throw error;
    const { status, message, requestID } = error;
    return { name: error.constructor.name, status, message, requestId: requestID };
  },
  async hangUp(reach, model) {
    const stream = await client(reach, 0).messages.create({ ...asked(model, "Hi"), stream: true });
    for await (const event of stream)
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") break;
  },
};
