/** One call of the playground, over the same `/v1/chat/completions` that every client uses. */

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface ChatRequest {
  model: string;
  messages: readonly Message[];
  temperature?: number;
  maxTokens?: number;
  /** A virtual key; undefined where none is needed. */
  key?: string;
  /** `x-evergate-…`. */
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** Where a stream that broke off went on. */
export interface Seam {
  /** Characters of the answer before it. */
  at: number;
  from: string;
  to: string;
}

export interface Answer {
  text: string;
  /** Thinking that the model shows. */
  reasoning: string;
  seams: readonly Seam[];
  requestId: string | null;
  /** `provider/model` that answered first. */
  target: string | null;
  attempts: string | null;
  /** `target=reason`, with commas between. */
  failover: string | null;
  cache: string | null;
  warnings: string | null;
  costUsd: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  firstTokenMs: number | null;
  totalMs: number | null;
  error: string | null;
  /** Stopped by the reader. */
  stopped: boolean;
}

export const NO_ANSWER: Answer = {
  text: "",
  reasoning: "",
  seams: [],
  requestId: null,
  target: null,
  attempts: null,
  failover: null,
  cache: null,
  warnings: null,
  costUsd: null,
  inputTokens: null,
  outputTokens: null,
  firstTokenMs: null,
  totalMs: null,
  error: null,
  stopped: false,
};

/** Calls `show` with all that is known so far, each time something is added; resolves at the end, also of a failure. */
export async function chat(request: ChatRequest, show: (answer: Answer) => void): Promise<Answer> {
  const startMs = performance.now();
  const passedMs = () => performance.now() - startMs;
  let answer = NO_ANSWER;
  const add = (changes: Partial<Answer>) => {
    answer = { ...answer, ...changes };
    show(answer);
  };
  try {
    const response = await send(request);
    add(fromHeaders(response.headers));
    if (!response.ok) add({ error: errorIn(await response.json().catch(() => null)) ?? `HTTP ${response.status}` });
    else for await (const line of linesOf(response.body!)) add(readLine(line, answer, passedMs()));
  } catch (error) {
    if (request.signal.aborted) add({ stopped: true });
    else add({ error: `The connection broke: ${error instanceof Error ? error.message : String(error)}` });
  }
  add({ totalMs: passedMs() });
  return answer;
}

function send({ model, messages, temperature, maxTokens, key, headers, signal }: ChatRequest): Promise<Response> {
  return fetch("/v1/chat/completions", {
    method: "POST",
    // The session's cookie is no business of an inference path.
    credentials: "omit",
    headers: {
      "content-type": "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    }),
    signal,
  });
}

function fromHeaders(headers: Headers): Partial<Answer> {
  const of = (name: string) => headers.get(`x-evergate-${name}`);
  return {
    requestId: of("request-id"),
    target: of("model"),
    attempts: of("attempts"),
    failover: of("failover"),
    cache: of("cache"),
    warnings: of("warnings"),
    costUsd: of("cost-usd"),
  };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split(/\r?\n/);
    rest = done ? "" : (lines.pop() ?? "");
    yield* lines;
    if (done) return;
  }
}

interface Chunk {
  choices?: { delta?: { content?: string | null; reasoning_content?: string | null } }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number; cost_usd?: string | number | null } | null;
  error?: unknown;
}

function readLine(line: string, { text, reasoning, seams, firstTokenMs }: Answer, passedMs: number): Partial<Answer> {
  const seam = /^: failover from=(\S+) to=(\S+)$/.exec(line);
  if (seam) return { seams: [...seams, { at: text.length, from: seam[1]!, to: seam[2]! }] };
  if (!line.startsWith("data:") || line.includes("[DONE]")) return {};
  const chunk = JSON.parse(line.slice("data:".length)) as Chunk;
  if (chunk.error) return { error: errorIn(chunk) ?? "The stream ended with an error." };
  const { content, reasoning_content: thought } = chunk.choices?.[0]?.delta ?? {};
  const changes: Partial<Answer> = {};
  if (content) changes.text = text + content;
  if (thought) changes.reasoning = reasoning + thought;
  if ((content || thought) && firstTokenMs === null) changes.firstTokenMs = passedMs;
  if (chunk.usage) {
    changes.inputTokens = chunk.usage.prompt_tokens ?? null;
    changes.outputTokens = chunk.usage.completion_tokens ?? null;
    if (chunk.usage.cost_usd !== undefined && chunk.usage.cost_usd !== null)
      changes.costUsd = String(chunk.usage.cost_usd);
  }
  return changes;
}

function errorIn(body: unknown): string | null {
  const { error } = (body ?? {}) as { error?: { message?: string } };
  return error?.message ?? null;
}
