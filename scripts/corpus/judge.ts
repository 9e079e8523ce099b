/** Whether what the client got is what the recording says it must see. Returns what is wrong. */
import type { Json, JsonObject } from "../../src/canonical/chat.ts";
import type { Case } from "./cases.ts";
import type { Answered } from "./client-view.ts";
import { type ReadAnswer, type ReadChoice, readStream, readWhole } from "./read-answer.ts";

const SHOWN_CHARACTERS = 160;

export function judge(recording: Case, got: Answered): string[] {
  const { expect, stream, request } = recording;
  const isStream = got.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (expect["kind"] === "error") return judgeError(recording, got, isStream);
  const wantsUsage = (request?.["stream_options"] as { include_usage?: boolean })?.include_usage === true;
  const answer = isStream ? readStream(got.text, wantsUsage) : readWhole(got.text);
  switch (expect["kind"]) {
    case "blocked":
      return judgeBlocked(answer, got);
    case "stream_error":
      return judgeBroken(answer, expect);
    default: {
      if (got.status !== 200) return [`status ${got.status}: ${shown(got.text)}`];
      const faults = [...answer.faults];
      if (isStream !== stream) faults.push("a stream where none was asked for, or the other way round");
      if (answer.error) faults.push(`an error: ${shown(answer.error)}`);
      return [...faults, ...judgeChat(answer, expect)];
    }
  }
}

function judgeError({ expect, status }: Case, got: Answered, isStream: boolean): string[] {
  const faults: string[] = [];
  const error = (JSON.parse(got.text) as { error?: { message?: string } }).error;
  if (isStream || !error?.message) return ["no OpenAI error envelope"];
  const credentials =
    status === 401 || status === 403 || (status === 400 && /api.?key/i.test(String(expect["message_contains"])));
  // The upstream's own 401 or 403 is the gateway's fault, and its text may quote the key.
  if (credentials) return got.status === 502 ? [] : [`status ${got.status} instead of 502`];
  const allowed = (expect["status_in"] as number[] | undefined) ?? [expect["status"] as number];
  if (!allowed.includes(got.status)) faults.push(`status ${got.status} instead of ${allowed}`);
  for (const text of [expect["message_contains"] ?? []].flat() as string[])
    if (!error.message.includes(text)) faults.push(`message: ${shown(error.message)} lacks ${shown(text)}`);
  if (expect["retry_after"] !== undefined && got.headers.get("retry-after") === null) faults.push("no retry-after");
  return faults;
}

function judgeBlocked({ choices }: ReadAnswer, got: Answered): string[] {
  if (got.status >= 400 && got.status < 500) return [];
  const [choice] = choices;
  return choice?.finish === "content_filter" && choice.text === "" ? [] : ["a block that looks like an answer"];
}

function judgeBroken({ choices, error }: ReadAnswer, expect: JsonObject): string[] {
  const faults: string[] = [];
  const [choice] = choices;
  const finished = choice?.finish === "stop" || choice?.finish === "tool_calls";
  const tolerable = String(expect["must_not"] ?? "").includes("tolerable");
  if (!error && !tolerable) faults.push("a broken stream without an error");
  if (finished && !tolerable) faults.push(`a broken stream that ends with ${choice?.finish}`);
  const before = expect["text_before_error"];
  if (typeof before === "string" && choice && !before.startsWith(choice.text) && !choice.text.startsWith(before))
    faults.push("other text before the error");
  return faults;
}

function judgeChat({ choices, usage }: ReadAnswer, expect: JsonObject): string[] {
  const wanted = (expect["choices"] as JsonObject[] | undefined) ?? [expect];
  const faults = wanted.flatMap((one, i) => {
    const choice = choices[i];
    return choice ? judgeChoice(choice, one) : [`no choice ${i}`];
  });
  const numbers = expect["usage"] as JsonObject | undefined;
  if (numbers && usage) faults.push(...judgeUsage(usage, numbers));
  return faults;
}

function judgeChoice(choice: ReadChoice, expect: JsonObject): string[] {
  const faults: string[] = [];
  const same = (what: string, got: unknown, want: unknown) => {
    if (!Bun.deepEquals(got, want)) faults.push(`${what}: ${shown(got)} instead of ${shown(want)}`);
  };
  for (const [field, got] of Object.entries({
    text: choice.text,
    reasoning: choice.reasoning,
    refusal: choice.refusal,
  }))
    if (field in expect) same(field, got, expect[field] ?? "");
  if (expect["finish_reason"]) same("finish", choice.finish, expect["finish_reason"]);
  for (const text of textsOf(expect["text_contains"]))
    if (!choice.text.includes(text)) faults.push(`no text ${shown(text)}`);
  for (const text of textsOf(expect["reasoning_contains"]))
    if (!choice.reasoning.includes(text)) faults.push(`no reasoning ${shown(text)}`);
  const calls = expect["tool_calls"] as JsonObject[] | undefined;
  if (calls) {
    same("number of tool calls", choice.calls.length, calls.length);
    for (const [i, want] of calls.entries()) faults.push(...judgeCall(choice.calls[i], want));
  }
  const custom = expect["custom_tool_calls"] as JsonObject[] | undefined;
  for (const [i, want] of (custom ?? []).entries()) same("custom tool call", choice.calls[i]?.custom, want);
  const called = expect["function_call"] as JsonObject | undefined;
  if (called) {
    same("function", choice.functionCall?.name, called["name"]);
    same("function arguments", parsed(choice.functionCall?.arguments ?? ""), called["arguments"]);
  }
  if (expect["logprob_tokens"]) same("logprobs", choice.logprobs, expect["logprob_tokens"]);
  return faults;
}

function judgeCall(got: ReadChoice["calls"][number] | undefined, want: JsonObject): string[] {
  if (!got) return [`no call of ${want["name"]}`];
  const faults: string[] = [];
  if (got.name !== want["name"]) faults.push(`call of ${got.name} instead of ${want["name"]}`);
  if ("arguments_raw" in want && got.arguments !== want["arguments_raw"])
    faults.push(`incomplete arguments changed: ${shown(got.arguments)}`);
  if ("arguments" in want && !Bun.deepEquals(parsed(got.arguments), want["arguments"]))
    faults.push(`arguments ${shown(got.arguments)} instead of ${shown(want["arguments"])}`);
  const id = want["upstream_id"];
  if (typeof id === "string" && id !== "" && got.id !== id) faults.push(`id ${got.id} instead of ${id}`);
  return faults;
}

function judgeUsage(usage: JsonObject, want: JsonObject): string[] {
  const details = (name: string) => (usage[name] ?? {}) as JsonObject;
  const got: Record<string, Json | undefined> = {
    prompt_tokens: usage["prompt_tokens"],
    completion_tokens: usage["completion_tokens"],
    total_tokens: usage["total_tokens"],
    cached_tokens: details("prompt_tokens_details")["cached_tokens"] ?? 0,
    reasoning_tokens: details("completion_tokens_details")["reasoning_tokens"] ?? 0,
  };
  return Object.entries(want).flatMap(([name, value]) =>
    value === null || !(name in got) || got[name] === value ? [] : [`usage ${name}: ${got[name]} instead of ${value}`],
  );
}

/** Empty arguments are written `""` or `{}`. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json || "{}");
  } catch {
    return json;
  }
}

function textsOf(value: Json | undefined): string[] {
  return value === undefined ? [] : ([value].flat() as string[]);
}

function shown(value: unknown): string {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")).slice(0, SHOWN_CHARACTERS);
}
