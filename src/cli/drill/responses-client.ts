/** The drill's client of OpenAI's Responses API. */
import {
  dataOf,
  note,
  PARAMETERS,
  QUESTION,
  SYSTEM_PROMPT,
  TOOL_NAME,
  TOOL_QUESTION,
  TOOL_RESULT,
  type Transcript,
  type Way,
} from "./client-way.ts";

export const openaiResponses: Way = {
  path: "/v1/responses",
  body: ({ stream, tools, after }) => ({
    stream,
    store: false,
    ...(tools && {
      instructions: SYSTEM_PROMPT,
      tools: [{ type: "function", name: TOOL_NAME, description: "Weather now", parameters: PARAMETERS }],
    }),
    input: [
      { role: "user", content: tools ? TOOL_QUESTION : QUESTION },
      ...(after?.tools ?? []).flatMap(({ id, name, arguments: text }) => [
        { type: "function_call", call_id: id, name, arguments: text },
        { type: "function_call_output", call_id: id, output: TOOL_RESULT },
      ]),
    ],
  }),
  reader: (transcript) => {
    let last = -1;
    return (frame) => {
      if (frame.startsWith(": failover")) transcript.seam = frame.slice(2);
      const data = dataOf(frame);
      if (data === undefined) return;
      const event = JSON.parse(data) as ResponseEvent;
      // A client that resumes by number would miss what has none, or the wrong one.
      if (event.sequence_number !== undefined && event.sequence_number !== last + 1)
        transcript.error = { code: "sequence", message: `event ${event.sequence_number} after ${last}` };
      last = event.sequence_number ?? last;
      readEvent(event, transcript);
    };
  },
  whole(body) {
    const transcript: Transcript = { text: "", tools: [], terminated: true, ids: [] };
    const response = body as unknown as ResponseObject;
    if (response.error) transcript.error = errorOf(response.error);
    else readWhole(response, transcript);
    return transcript;
  },
};

interface WireError {
  code?: string;
  type?: string;
  message: string;
}

interface ResponseItem {
  type: string;
  call_id?: string;
  name?: string;
  arguments?: string;
  content?: { type: string; text?: string }[];
}

interface ResponseObject {
  id: string;
  model: string;
  status: string;
  error?: WireError | null;
  incomplete_details?: { reason: string } | null;
  output?: ResponseItem[];
  usage?: { input_tokens: number; output_tokens: number } | null;
}

interface ResponseEvent {
  type: string;
  sequence_number?: number;
  delta?: string;
  item?: ResponseItem;
  response?: ResponseObject;
  code?: string;
  message?: string;
}

function readEvent(event: ResponseEvent, transcript: Transcript): void {
  const { type, delta = "", item, response, code = "", message } = event;
  if (response) note(transcript, response.id, response.model || undefined);
  if (type === "response.output_text.delta") transcript.text += delta;
  if (type === "response.output_item.added" && item?.type === "function_call")
    transcript.tools.push({ id: item.call_id ?? "", name: item.name ?? "", arguments: item.arguments ?? "" });
  const call = transcript.tools.at(-1);
  if (type === "response.function_call_arguments.delta" && call) call.arguments += delta;
  if (type === "error") transcript.error ??= { code, message: message ?? "" };
  if (type === "response.failed") {
    transcript.error ??= errorOf(response?.error ?? { message: "" });
    transcript.terminated = true;
  }
  if (response && (type === "response.completed" || type === "response.incomplete")) {
    transcript.terminated = true;
    readEnd(response, transcript);
  }
}

function readWhole(response: ResponseObject, transcript: Transcript): void {
  note(transcript, response.id, response.model);
  for (const { type, content, call_id: id = "", name = "", arguments: text = "" } of response.output ?? []) {
    if (type === "message") transcript.text += (content ?? []).map((part) => part.text ?? "").join("");
    if (type === "function_call") transcript.tools.push({ id, name, arguments: text });
  }
  readEnd(response, transcript);
}

/** In chat's words, which the scenarios use. */
function readEnd({ status, incomplete_details: details, usage }: ResponseObject, transcript: Transcript): void {
  if (usage) transcript.usage = { input: usage.input_tokens, output: usage.output_tokens };
  if (status === "incomplete") transcript.finish = details?.reason === "content_filter" ? "content_filter" : "length";
  else if (status === "completed") transcript.finish = transcript.tools.length > 0 ? "tool_calls" : "stop";
}

function errorOf({ code, type, message }: WireError): { code: string; message: string } {
  return { code: code ?? type ?? "", message };
}
