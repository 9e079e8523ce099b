/** What a conversation may hold, each as a canonical request and the question whether it is still there. */
import type { ChatRequest, JsonObject, Part } from "../../src/canonical/chat.ts";

export interface Feature {
  name: string;
  request: Partial<ChatRequest>;
  survives(request: ChatRequest): boolean;
}

const PIXEL = "iVBORw0KGgo=";
const SCHEMA: JsonObject = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const TOOLS = [{ name: "get_weather", description: "Weather now", parameters: SCHEMA }];

const partsIn = (request: ChatRequest): Part[] =>
  request.messages.flatMap(({ content }) =>
    typeof content === "string" ? [{ type: "text", text: content }] : content,
  );
const user = (...content: Part[]): Partial<ChatRequest> => ({
  messages: [{ role: "user", content: [{ type: "text", text: "hi" }, ...content] }],
});
const holds = (type: Part["type"]) => (request: ChatRequest) => partsIn(request).some((part) => part.type === type);

export const FEATURES: readonly Feature[] = [
  {
    name: "system",
    request: {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "hi" },
      ],
    },
    survives: (request) =>
      request.messages.some(({ role, content }) => role === "system" && JSON.stringify(content).includes("Be brief.")),
  },
  {
    name: "tools",
    request: { tools: TOOLS },
    survives: ({ tools }) => tools?.[0]?.parameters?.["required"] !== undefined,
  },
  {
    name: "tool choice",
    request: { tools: TOOLS, toolChoice: "required" },
    survives: ({ toolChoice }) => toolChoice === "required" || typeof toolChoice === "object",
  },
  {
    name: "calls and results",
    request: {
      tools: TOOLS,
      messages: [
        { role: "user", content: "hi" },
        {
          role: "assistant",
          content: [{ type: "tool-call", id: "call_1", name: "get_weather", arguments: '{"city":"Oslo"}' }],
        },
        {
          role: "tool",
          content: [{ type: "tool-result", toolCallId: "call_1", name: "get_weather", content: "7 degrees" }],
        },
      ],
    },
    survives: (request) => holds("tool-call")(request) && holds("tool-result")(request),
  },
  {
    name: "images",
    request: user({ type: "image", source: { kind: "base64", mediaType: "image/png", data: PIXEL } }),
    survives: holds("image"),
  },
  {
    name: "PDFs",
    request: user({
      type: "document",
      source: { kind: "base64", mediaType: "application/pdf", data: "JVBERi0=" },
      filename: "a.pdf",
    }),
    survives: holds("document"),
  },
  {
    name: "audio",
    request: user({
      type: "audio",
      source: { kind: "base64", mediaType: "audio/wav", data: "UklGRg==" },
      format: "wav",
    }),
    survives: holds("audio"),
  },
  {
    name: "JSON schema",
    request: { responseFormat: { type: "json-schema", name: "city", schema: SCHEMA, strict: true } },
    survives: ({ responseFormat }) => responseFormat?.type === "json-schema",
  },
  {
    name: "reasoning",
    request: { reasoning: { effort: "high" } },
    survives: ({ reasoning }) => reasoning !== undefined && reasoning.effort !== "none",
  },
  { name: "temperature", request: { temperature: 0.5 }, survives: ({ temperature }) => temperature === 0.5 },
  { name: "top p", request: { topP: 0.5 }, survives: ({ topP }) => topP === 0.5 },
  { name: "top k", request: { topK: 5 }, survives: ({ topK }) => topK === 5 },
  { name: "stop", request: { stop: ["END"] }, survives: ({ stop }) => stop?.[0] === "END" },
  { name: "seed", request: { seed: 7 }, survives: ({ seed }) => seed === 7 },
  { name: "n", request: { n: 2 }, survives: ({ n }) => n === 2 },
  { name: "penalties", request: { presencePenalty: 0.5 }, survives: ({ presencePenalty }) => presencePenalty === 0.5 },
  { name: "logprobs", request: { logprobs: true }, survives: ({ logprobs }) => logprobs === true },
  {
    name: "parallel calls off",
    request: { tools: TOOLS, toolChoice: "auto", parallelToolCalls: false },
    survives: ({ parallelToolCalls }) => parallelToolCalls === false,
  },
];
