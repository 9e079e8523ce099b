import OpenAI from "openai";
import { type Caught, caught, type Reach, type Sdk } from "./sdk.ts";

const client = ({ url, key }: Reach, maxRetries?: number) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...(maxRetries !== undefined && { maxRetries }) });
const asked = (text: string) => [{ role: "user" as const, content: text }];

export const openAiChat: Sdk = {
  name: "openai, chat",
  finished: "stop",
  errors: generatedErrors(),
  async say(reach, model, text) {
    const answer = await client(reach, 0).chat.completions.create({ model, messages: asked(text) });
    const choice = answer.choices[0]!;
    return { text: choice.message.content ?? "", finish: choice.finish_reason, requestId: answer._request_id };
  },
  async stream(reach, model, text) {
    const { data, request_id } = await client(reach, 0)
      .chat.completions.create({ model, messages: asked(text), stream: true })
      .withResponse();
    const said = { text: "", finish: "", requestId: request_id };
    for await (const { choices } of data) {
      said.text += choices[0]?.delta.content ?? "";
      said.finish = choices[0]?.finish_reason ?? said.finish;
    }
    return said;
  },
  async toolLoop(reach, model, text, { name, description, schema }, run) {
    const messages: OpenAI.ChatCompletionMessageParam[] = asked(text);
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: "function", function: { name, description, parameters: { ...schema } } },
    ];
    const { chat } = client(reach, 0);
    const first = await chat.completions.stream({ model, messages, tools }).finalMessage();
    messages.push(first);
    for (const call of first.tool_calls ?? []) {
      if (call.type !== "function") throw new Error(call.type);
      messages.push({ role: "tool", tool_call_id: call.id, content: run(JSON.parse(call.function.arguments)) });
    }
    const last = await chat.completions.create({ model, messages, tools });
    return last.choices[0]!.message.content ?? "";
  },
  async structured(reach, model, text, schema) {
    const format = {
      type: "json_schema" as const,
      json_schema: { name: "answer", strict: true, schema: { ...schema, additionalProperties: false } },
    };
    const answer = await client(reach, 0).chat.completions.parse({
      model,
      messages: asked(text),
      response_format: format,
    });
    return answer.choices[0]!.message.parsed;
  },
  async look(reach, model, text, png) {
    const image_url = { url: `data:image/png;base64,${png}` };
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: "text", text },
      { type: "image_url", image_url },
    ];
    const answer = await client(reach, 0).chat.completions.create({ model, messages: [{ role: "user", content }] });
    return answer.choices[0]!.message.content ?? "";
  },
  async embed(reach, model, texts) {
    const { data } = await client(reach, 0).embeddings.create({ model, input: [...texts], dimensions: 4 });
    return data.map(({ embedding }) => embedding);
  },
  fail: (reach, model) => openAiFailure(() => client(reach).chat.completions.create({ model, messages: asked("Hi") })),
  async hangUp(reach, model) {
    const stream = await client(reach, 0).chat.completions.create({ model, messages: asked("Hi"), stream: true });
    for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  },
};

/** Its classes are Anthropic's too: both SDKs come from one generator. */
export function generatedErrors(): Sdk["errors"] {
  return {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "NotFoundError",
    429: "RateLimitError",
    502: "InternalServerError",
    503: "InternalServerError",
  };
}

export async function openAiFailure(call: () => PromiseLike<unknown>): Promise<Caught> {
  const error = await caught(call);
  if (!(error instanceof OpenAI.APIError)) throw error;
  const { status, message, requestID } = error;
  return { name: error.constructor.name, status, message, requestId: requestID };
}
