/** The one way in which secrets managers, and those who give credentials for them, are asked. */
import type { Clock, Fetch } from "../../canonical/deps.ts";
import { SecretFault } from "./secret-fault.ts";

/** A manager answers within a second; a start or a refresh does not wait longer than this for each question. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Metadata servers are on the same machine; where there is none the address is often a hole. */
export const METADATA_TIMEOUT_MS = 2_000;
/** Secrets are at most 64 KiB at every vendor (Vault: 512 KiB an entry); base64 and the envelope add to that. */
const MAX_ANSWER_BYTES = 1_048_576;

export interface NetworkDeps {
  clock: Clock;
  fetch: Fetch;
}

export interface Question {
  /** Who is asked, as the operator knows it: begins every message. */
  who: string;
  url: string;
  method?: "GET" | "POST" | "PUT";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  timeoutMs?: number;
  /** PEM texts of authorities to believe instead of the system's. */
  ca?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Throws SecretFault where there is no answer. Redirects are not followed: they would take credentials elsewhere. */
export async function ask(question: Question, { clock, fetch }: NetworkDeps): Promise<Answer> {
  const { who, url, method = "GET", headers, body, timeoutMs = REQUEST_TIMEOUT_MS, ca } = question;
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  try {
    const init: RequestInit = {
      method,
      headers: { "accept-encoding": "identity", ...headers },
      redirect: "manual",
      // Minutes lie between two readings: a connection that was kept would often be dead by then.
      keepalive: false,
      signal: timeout.signal,
      ...(body !== undefined && { body }),
    };
    const response = await fetch(url, ca === undefined ? init : ({ ...init, tls: { ca } } as RequestInit));
    return { status: response.status, headers: response.headers, text: await boundedText(response, who) };
  } catch (error) {
    if (error instanceof SecretFault) throw error;
    const { host } = new URL(url);
    if (timeout.signal.aborted)
      throw new SecretFault(`${who} did not answer within ${timeoutMs} ms (${host})`, { isDown: true });
    const code = (error as { code?: unknown }).code;
    throw new SecretFault(`${who} cannot be reached at ${host}${typeof code === "string" ? ` (${code})` : ""}`, {
      isDown: true,
    });
  } finally {
    cancel();
  }
}

async function boundedText(response: Response, who: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new SecretFault(`${who} answered with more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

type Json = Readonly<Record<string, unknown>>;

/** The answer as a JSON object; anything else is an empty one. */
export function jsonOf({ text }: Pick<Answer, "text">): Json {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

export function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function textAt(json: Json, field: string): string | undefined {
  const value = json[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** `application/x-www-form-urlencoded`, as every token endpoint wants it. */
export function formBody(fields: Readonly<Record<string, string>>): Pick<Question, "method" | "headers" | "body"> {
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  };
}
