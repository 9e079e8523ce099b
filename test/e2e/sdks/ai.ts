/** Vercel's AI SDK with its OpenAI provider, in both of its modes: Responses, its default, and chat. */
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from "ai";
import { caught, type Reach, type Sdk, type Tool } from "./sdk.ts";

const REQUEST_ID = "x-request-id";

/** The SDK does not know `x-should-retry`: with a gateway behind it its own retries are left off. */
const NO_RETRIES = { maxRetries: 0 };

function aiSdk(
  name: string,
  modelOf: (reach: Reach, model: string) => ReturnType<ReturnType<typeof createOpenAI>>,
): Sdk {
  return {
    name,
    finished: "stop",
    errors: {
      400: "AI_APICallError",
      401: "AI_APICallError",
      404: "AI_APICallError",
      429: "AI_APICallError",
      502: "AI_APICallError",
      503: "AI_APICallError",
    },
    async say(reach, model, prompt) {
      const answer = await generateText({ ...NO_RETRIES, model: modelOf(reach, model), prompt });
      return {
        text: answer.text,
        finish: answer.finishReason,
        requestId: answer.response.headers?.[REQUEST_ID],
      };
    },
    async stream(reach, model, prompt) {
      const answer = streamText({ ...NO_RETRIES, model: modelOf(reach, model), prompt });
      let text = "";
      for await (const delta of answer.textStream) text += delta;
      return {
        text,
        finish: await answer.finishReason,
        requestId: (await answer.response).headers?.[REQUEST_ID],
      };
    },
    async toolLoop(reach, model, prompt, { name: called, description, schema }, run) {
      const execute = (args: unknown) => run(args);
      const answer = streamText({
        ...NO_RETRIES,
        model: modelOf(reach, model),
        prompt,
        tools: { [called]: tool({ description, inputSchema: jsonSchema(schema), execute }) },
        stopWhen: stepCountIs(2),
      });
      return await answer.text;
    },
    async structured(reach, model, prompt, schema) {
      const output = Output.object({ schema: jsonSchema(objectSchema(schema)) });
      return (await generateText({ ...NO_RETRIES, model: modelOf(reach, model), prompt, output })).output;
    },
    async look(reach, model, text, png) {
      const content = [
        { type: "text" as const, text },
        { type: "file" as const, data: png, mediaType: "image/png" },
      ];
      const messages = [{ role: "user" as const, content }];
      return (await generateText({ ...NO_RETRIES, model: modelOf(reach, model), messages })).text;
    },
    async embed(reach, model, values) {
      const { embeddings } = await embedMany({
        ...NO_RETRIES,
        model: provider(reach).embedding(model),
        values: [...values],
        providerOptions: { openai: { dimensions: 4 } },
      });
      return embeddings;
    },
    async fail(reach, model) {
      const error = await caught(() => generateText({ ...NO_RETRIES, model: modelOf(reach, model), prompt: "Hi" }));
      if (!APICallError.isInstance(error)) throw error;
      const { statusCode: status, message, responseHeaders } = error;
      return { name: error.name, status, message, requestId: responseHeaders?.[REQUEST_ID] };
    },
    async hangUp(reach, model) {
      const abort = new AbortController();
      const answer = streamText({
        ...NO_RETRIES,
        model: modelOf(reach, model),
        prompt: "Hi",
        abortSignal: abort.signal,
      });
      for await (const delta of answer.textStream) if (delta) break;
      abort.abort();
    },
  };
}

function provider({ url, key }: Reach) {
  return createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
}

function objectSchema(schema: Tool["schema"]) {
  return { ...schema, additionalProperties: false };
}

export const aiResponses: Sdk = aiSdk("ai, responses", (reach, model) => provider(reach)(model));
export const aiChat: Sdk = aiSdk("ai, chat", (reach, model) => provider(reach).chat(model));
