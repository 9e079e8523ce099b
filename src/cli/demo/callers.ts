/** Who calls in the demo, and what for: three applications with keys of their own, and a key that is nearly spent. */
import { type Question, questionOn, type Subject } from "./knowledge.ts";

export interface Caller {
  key: string;
  model: string;
  subject: Subject;
  /** Share of the traffic, relative to the others. */
  weight: number;
  tags: string;
  /** End users, told by header. */
  users?: readonly string[];
  dialect?: "anthropic";
  /** The model's first target, where it has an order. */
  first?: string;
}

/** What became of a call, for the terminal's summary and for feedback. */
export interface CallEnd {
  status: number;
  requestId: string | null;
  /** Another target answered than the first one. */
  failedOver: boolean;
  /** It began at one target and ended at another. */
  continued: boolean;
  cached: boolean;
  text: string;
}

export interface CallParts {
  address: string;
  random(): number;
}

/** `number` makes a question that nobody has asked. */
export async function callAs(caller: Caller, number: number, { address, random }: CallParts): Promise<CallEnd> {
  const question = questionOn(caller.subject, number, random);
  const response = await fetch(
    `${address}${caller.dialect === "anthropic" ? "/v1/messages" : "/v1/chat/completions"}`,
    {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${caller.key}`,
        "x-evergate-tags": caller.tags,
        ...(caller.users && { "x-evergate-user": caller.users[Math.floor(random() * caller.users.length)]! }),
      },
      body: JSON.stringify(bodyOf(caller, question)),
    },
  );
  const text = await response.text();
  const header = (name: string) => response.headers.get(`x-evergate-${name}`);
  const cache = header("cache");
  const cached = cache === "exact" || cache?.startsWith("semantic") === true;
  const answeredBy = header("model");
  return {
    status: response.status,
    requestId: header("request-id"),
    failedOver: response.ok && !cached && caller.first !== undefined && answeredBy !== caller.first,
    continued: /^: failover from=\S+ to=\S+$/m.test(text),
    cached,
    text,
  };
}

const MAX_TOKENS = 120;

function bodyOf({ model, dialect }: Caller, { text, json }: Question): unknown {
  const messages = [{ role: "user", content: text }];
  const base = { model, max_tokens: MAX_TOKENS, messages };
  if (dialect === "anthropic") return { ...base, stream: true };
  if (json) return { ...base, response_format: { type: "json_schema", json_schema: INVOICE } };
  return { ...base, stream: true, stream_options: { include_usage: true } };
}

const INVOICE = {
  name: "invoice",
  strict: true,
  schema: {
    type: "object",
    properties: { invoice: { type: "string" }, total: { type: "number" } },
    required: ["invoice", "total"],
    additionalProperties: false,
  },
};
