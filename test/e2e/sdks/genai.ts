import { ApiError, type Content, GoogleGenAI, type Part } from "@google/genai";
import { caught, type Reach, type Sdk } from "./sdk.ts";

const client = ({ url, key }: Reach) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: `${url}/gemini` } });
const REQUEST_ID = "x-request-id";

export const genai: Sdk = {
  name: "@google/genai",
  finished: "STOP",
  errors: { 400: "ApiError", 401: "ApiError", 404: "ApiError", 429: "ApiError", 502: "ApiError", 503: "ApiError" },
  async say(reach, model, contents) {
    const answer = await client(reach).models.generateContent({ model, contents });
    return {
      text: answer.text ?? "",
      finish: answer.candidates?.[0]?.finishReason ?? "",
      requestId: answer.sdkHttpResponse?.headers?.[REQUEST_ID],
    };
  },
  async stream(reach, model, contents) {
    const said = { text: "", finish: "", requestId: undefined as string | undefined };
    for await (const chunk of await client(reach).models.generateContentStream({ model, contents })) {
      said.text += chunk.text ?? "";
      said.finish = chunk.candidates?.[0]?.finishReason ?? said.finish;
      said.requestId ??= chunk.sdkHttpResponse?.headers?.[REQUEST_ID];
    }
    return said;
  },
  async toolLoop(reach, model, text, { name, description, schema }, run) {
    const { models } = client(reach);
    const contents: Content[] = [{ role: "user", parts: [{ text }] }];
    const config = { tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }] };
    const parts: Part[] = [];
    for await (const chunk of await models.generateContentStream({ model, contents, config }))
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    const results = parts.flatMap(({ functionCall: call }): Part[] =>
      call ? [{ functionResponse: { id: call.id, name: call.name, response: { output: run(call.args) } } }] : [],
    );
    contents.push({ role: "model", parts }, { role: "user", parts: results });
    return (await models.generateContent({ model, contents, config })).text ?? "";
  },
  async structured(reach, model, contents, schema) {
    const config = { responseMimeType: "application/json", responseJsonSchema: schema };
    return JSON.parse((await client(reach).models.generateContent({ model, contents, config })).text ?? "");
  },
  async look(reach, model, text, data) {
    const parts = [{ text }, { inlineData: { mimeType: "image/png", data } }];
    return (await client(reach).models.generateContent({ model, contents: [{ role: "user", parts }] })).text ?? "";
  },
  async embed(reach, model, texts) {
    const config = { outputDimensionality: 4 };
    const { embeddings } = await client(reach).models.embedContent({ model, contents: [...texts], config });
    return (embeddings ?? []).map(({ values }) => values ?? []);
  },
  async fail(reach, model) {
    const error = await caught(() => client(reach).models.generateContent({ model, contents: "Hi" }));
    if (!(error instanceof ApiError)) throw error;
    const { status, message } = error;
    return { name: error.name, status, message, requestId: undefined };
  },
  async hangUp(reach, model) {
    const abort = new AbortController();
    const config = { abortSignal: abort.signal };
    for await (const chunk of await client(reach).models.generateContentStream({ model, contents: "Hi", config }))
      if (chunk.text) break;
    abort.abort();
  },
};
