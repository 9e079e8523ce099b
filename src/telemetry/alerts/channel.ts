/** A way to tell people. */
import type { Clock, Fetch } from "../../canonical/deps.ts";
import { redactText } from "../redact.ts";
import type { Notice } from "./message.ts";

export interface Channel {
  name: string;
  /** Takes one alert a message. */
  single: boolean;
  /** Resolves when the other side has taken it; rejects with ChannelError. */
  send(notice: Notice): Promise<void>;
}

export class ChannelError extends Error {
  /** How long the other side asked us to wait. */
  readonly retryAfterMs: number | undefined;

  /** @param message without address or secret: it is logged and shown to operators. */
  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.name = "ChannelError";
    this.retryAfterMs = retryAfterMs;
  }
}

export interface ChannelDeps {
  clock: Clock;
  fetch: Fetch;
}

const TIMEOUT_MS = 10_000;
const MAX_SHOWN_CHARS = 200;

/** Posts JSON. Addresses of webhooks are secrets, so no error holds them, whatever the other side answered. */
export async function postJson(
  { clock, fetch }: ChannelDeps,
  url: string,
  body: string,
  options: { headers?: Record<string, string>; secrets?: readonly string[] } = {},
): Promise<void> {
  const controller = new AbortController();
  const cancel = clock.after(TIMEOUT_MS, () => controller.abort());
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...options.headers },
      body,
      redirect: "manual",
      signal: controller.signal,
    });
    const text = await response.text();
    if (response.ok) return;
    const said = shown(text, [url, ...(options.secrets ?? [])]);
    throw new ChannelError(`HTTP ${response.status}${said && `: ${said}`}`, retryAfterOf(response));
  } catch (error) {
    if (error instanceof ChannelError) throw error;
    if (controller.signal.aborted) throw new ChannelError(`no answer within ${TIMEOUT_MS / 1_000} s`);
    // The message of a failed fetch may quote the address.
    const { code, name } = error as { code?: unknown; name?: unknown };
    throw new ChannelError(`cannot be reached (${typeof code === "string" ? code : String(name)})`);
  } finally {
    cancel();
  }
}

function shown(text: string, secrets: readonly string[]): string {
  const safe = secrets.reduce((seen, secret) => (secret ? seen.replaceAll(secret, "[redacted]") : seen), text);
  return redactText(safe.replace(/\s+/g, " ").trim().slice(0, MAX_SHOWN_CHARS));
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
