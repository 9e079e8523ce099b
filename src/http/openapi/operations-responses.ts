/** What `/openapi.json` says of the Responses API. */
import { Type } from "@sinclair/typebox";
import { EXAMPLES } from "./examples.ts";
import { body, callHeaders, errors, type Operation, pathId, query } from "./operation.ts";

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
  summary: "A stored response, or its input items",
  description:
    "`{id}` is the response as it was answered; with `stream=true` it comes as the events of a stream, those after number `starting_after`. `{id}/input_items` lists what the model was given, newest first, in pages.",
  parameters: [
    pathId("The response's id, or `{id}/input_items`."),
    query("stream", '"true" for events.', Type.String({ examples: ["true"] })),
    query("starting_after", "Number of the last event that is known.", Type.Integer({ minimum: 0, examples: [3] })),
    query("after", "Id of the last item of the page before.", Type.String({ examples: ["msg_1f0e_in0"] })),
    query("limit", "Items of a page.", Type.Integer({ minimum: 1, maximum: 100, examples: [20] })),
    query("order", '"desc" (the default) or "asc".', Type.String({ examples: ["asc"] })),
  ],
  responses: {
    "200": {
      description: "The response, or the list",
      content: {
        "application/json": {
          schema: Type.Object({}, { additionalProperties: true }),
          example: ANSWER,
        },
        "text/event-stream": { schema: Type.String(), example: STREAM },
      },
    },
    ...OPENAI_ERRORS("400", "401", "403", "404"),
  },
};

export const cancelResponse: Operation = {
  tags: ["inference"],
  summary: "Refused: no response is made in the background",
  description: "400 for a stored response, 404 for any other. A running answer is cancelled by closing its connection.",
  parameters: [pathId("`{id}/cancel`")],
  responses: OPENAI_ERRORS("400", "401", "403", "404"),
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
