/** What `/openapi.json` says of the Responses API. */
import { Type } from "@sinclair/typebox";
import { EXAMPLES } from "./examples.ts";
import { body, callHeaders, errors, type Operation, pathId } from "./operation.ts";

const OPENAI_ERRORS = errors("OpenAiError", EXAMPLES.openAiError);
const ANSWER = {
  id: "resp_1f0e",
  object: "response",
  created_at: 1_790_000_000,
  status: "completed",
  model: "gpt-4o",
  output: [
    {
      id: "msg_1f0e_0",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Hello!", annotations: [], logprobs: [] }],
    },
  ],
};
const STREAM =
  'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":4,"delta":"Hello!"}\n\n';

export const createResponse: Operation = {
  tags: ["inference"],
  summary: "Response in OpenAI's dialect",
  description:
    "Any configured model, whatever its provider's own API is. Streams as server-sent events with `stream`. The gateway keeps responses itself, sealed and for one key alone, so `previous_response_id` works across providers.",
  parameters: callHeaders(),
  requestBody: { required: true, content: body("ResponseRequest", { model: "fast", input: "Hi" }) },
  responses: {
    "200": {
      description: "The answer",
      content: { ...body("Response", ANSWER), "text/event-stream": { schema: Type.String(), example: STREAM } },
    },
    ...OPENAI_ERRORS("400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"),
  },
};

export const getResponse: Operation = {
  tags: ["inference"],
  summary: "A stored response",
  parameters: [pathId("The response's id.")],
  responses: {
    "200": { description: "The response as it was answered", content: body("Response", ANSWER) },
    ...OPENAI_ERRORS("400", "401", "403", "404"),
  },
};

export const deleteResponse: Operation = {
  tags: ["inference"],
  summary: "Deletes a stored response",
  parameters: [pathId("The response's id.")],
  responses: {
    "200": {
      description: "It is gone",
      content: body("DeletedResponse", { id: "resp_1f0e", object: "response", deleted: true }),
    },
    ...OPENAI_ERRORS("401", "403", "404"),
  },
};
