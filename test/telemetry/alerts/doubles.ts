/**
 * Stand-ins for the services that take alerts. Each refuses what the real one's documentation says it refuses, and
 * remembers what it took.
 */
import { Webhook } from "standardwebhooks";

export interface Double<Taken> extends Disposable {
  url: string;
  taken: Taken[];
  /** What was refused, and why. */
  refused: string[];
  /** Answers the next requests with this status, until called with undefined. */
  fail(status: number | undefined, headers?: Record<string, string>): void;
  /** Requests, refused ones included. */
  requests(): number;
  /** Resolves once so many were taken; the test's own timeout is the bound. */
  received(count: number): Promise<Taken[]>;
}

type Judge<Taken> = (body: unknown, request: Request, text: string) => { taken: Taken; response: Response } | string;

function double<Taken>(path: string, judge: Judge<Taken>): Double<Taken> {
  const taken: Taken[] = [];
  const refused: string[] = [];
  let failing: { status: number; headers?: Record<string, string> } | undefined;
  let requests = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      requests += 1;
      const text = await request.text();
      if (failing) return new Response("no_service", failing);
      const fault = commonFault(request, path);
      const verdict = fault ?? judge(parsed(text), request, text);
      if (typeof verdict === "string") {
        refused.push(verdict);
        return new Response(verdict, { status: 400 });
      }
      taken.push(verdict.taken);
      return verdict.response;
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}${path}`,
    taken,
    refused,
    fail(status, headers) {
      failing = status === undefined ? undefined : { status, headers };
    },
    requests: () => requests,
    async received(count) {
      while (taken.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
      return taken;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

function commonFault(request: Request, path: string): string | undefined {
  if (request.method !== "POST") return "not a POST";
  if (new URL(request.url).pathname !== path) return "no_service";
  return request.headers.get("content-type")?.startsWith("application/json") ? undefined : "not JSON";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Json = Record<string, never>;

export interface SlackMessage {
  text: string;
  blocks: { type: string; text?: { type: string; text: string } }[];
}

const SLACK_PATH = "/services/T000/B000/slack-secret-path";

/** Incoming webhooks: https://api.slack.com/messaging/webhooks and the limits of Block Kit. */
export function slack(): Double<SlackMessage> {
  return double(SLACK_PATH, (body) => {
    const { text, blocks } = (body ?? {}) as SlackMessage;
    if (typeof text !== "string" || text === "") return "no_text";
    if (!Array.isArray(blocks) || blocks.length > 50) return "invalid_blocks";
    for (const block of blocks) {
      const { type, text: inner } = block;
      if (type === "header" && (inner?.type !== "plain_text" || inner.text.length > 150)) return "invalid_blocks";
      if (type === "section" && (inner?.type !== "mrkdwn" || inner.text.length > 3_000 || inner.text === ""))
        return "invalid_blocks";
      if (/<(?!https?:)/.test(inner?.text ?? "")) return "invalid_blocks: unescaped";
    }
    return { taken: { text, blocks }, response: new Response("ok") };
  });
}

export interface TeamsCard {
  body: { type: string; text?: string }[];
}

/** A flow of the Workflows app: an Adaptive Card in a message, at most 28 KB, answered with 202. */
export function teams(): Double<TeamsCard> {
  return double("/workflows/teams-secret-path/triggers/manual/paths/invoke", (body, _request, text) => {
    const { type, attachments } = (body ?? {}) as { type?: string; attachments?: Json[] };
    if (type !== "message" || !Array.isArray(attachments) || attachments.length !== 1) return "no message";
    const { contentType, content } = attachments[0] as unknown as { contentType: string; content: Json };
    if (contentType !== "application/vnd.microsoft.card.adaptive") return "no adaptive card";
    const card = content as unknown as { type: string; version: string; body: TeamsCard["body"] };
    if (card.type !== "AdaptiveCard" || !/^1\.[0-5]$/.test(card.version)) return "unknown card";
    if (!Array.isArray(card.body) || card.body.some((element) => element.type === "TextBlock" && !element.text))
      return "bad body";
    if (text.length > 28 * 1024) return "too large";
    return { taken: { body: card.body }, response: new Response(null, { status: 202 }) };
  });
}

export interface PagerDutyEvent {
  event_action: "trigger" | "acknowledge" | "resolve";
  dedup_key: string;
  payload?: { summary: string; source: string; severity: string; timestamp?: string };
}

export const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

/** Events API v2. */
export function pagerDuty() {
  const open = new Set<string>();
  const events = double<PagerDutyEvent>("/v2/enqueue", (body) => {
    const event = (body ?? {}) as PagerDutyEvent & { routing_key?: string };
    if (event.routing_key?.length !== 32) return "Length of 'routing_key' is incorrect (should be 32 characters)";
    if (event.routing_key !== ROUTING_KEY) return "Invalid routing key";
    if (!["trigger", "acknowledge", "resolve"].includes(event.event_action)) return "'event_action' is invalid";
    if (typeof event.dedup_key !== "string" || event.dedup_key.length > 255) return "'dedup_key' is invalid";
    const { payload } = event;
    if (event.event_action === "trigger") {
      if (!payload?.summary || payload.summary.length > 1_024) return "'payload.summary' is missing or too long";
      if (!payload.source) return "'payload.source' is missing or blank";
      if (!["critical", "error", "warning", "info"].includes(payload.severity)) return "'payload.severity' is invalid";
      if (payload.timestamp && Number.isNaN(Date.parse(payload.timestamp))) return "'payload.timestamp' is invalid";
      open.add(event.dedup_key);
    } else open.delete(event.dedup_key);
    const answer = { status: "success", message: "Event processed", dedup_key: event.dedup_key };
    return { taken: event, response: Response.json(answer, { status: 202 }) };
  });
  return Object.assign(events, {
    /** Incidents that are not resolved. */
    open,
    baseUrl: events.url.replace("/v2/enqueue", ""),
  });
}

export interface WebhookEvent {
  type: string;
  timestamp: string;
  data: {
    alerts: { id: string; rule: string; state: string; summary: string; value: number | null; details: string[] }[];
  };
}

export const WEBHOOK_SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes ....").toString("base64")}`;

/** A receiver that believes nothing but what is signed, by the library of Standard Webhooks. */
export function webhook(secret = WEBHOOK_SECRET) {
  const verifier = new Webhook(secret, secret.startsWith("whsec_") ? undefined : { format: "raw" });
  const ids: string[] = [];
  const receiver = double<WebhookEvent>("/hook/webhook-secret-path", (_body, request, text) => {
    try {
      verifier.verify(text, Object.fromEntries(request.headers));
    } catch (error) {
      return `not verified: ${error}`;
    }
    ids.push(request.headers.get("webhook-id")!);
    return { taken: JSON.parse(text) as WebhookEvent, response: new Response(null, { status: 204 }) };
  });
  return Object.assign(receiver, { ids });
}

export interface Mail {
  from: string;
  to: string[];
  data: string;
}

/** A small mail server: enough of RFC 5321 to take a message, with AUTH PLAIN where it has a password. */
export function smtp(auth?: { user: string; password: string }) {
  const mails: Mail[] = [];
  const logins: string[] = [];
  const server = Bun.listen<{ mail: Mail; inData: boolean; buffer: string; isIn: boolean }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { mail: { from: "", to: [], data: "" }, inData: false, buffer: "", isIn: auth === undefined };
        socket.write("220 mail.test ESMTP\r\n");
      },
      data(socket, chunk) {
        const state = socket.data;
        state.buffer += chunk.toString();
        for (let end = state.buffer.indexOf("\r\n"); end >= 0; end = state.buffer.indexOf("\r\n")) {
          const line = state.buffer.slice(0, end);
          state.buffer = state.buffer.slice(end + 2);
          if (state.inData) {
            if (line !== ".") {
              state.mail.data += `${line.replace(/^\.\./, ".")}\n`;
              continue;
            }
            state.inData = false;
            mails.push(state.mail);
            state.mail = { from: "", to: [], data: "" };
            socket.write("250 OK\r\n");
          } else socket.write(answer(line, state, auth, logins));
        }
      },
    },
  });
  const credentials = auth ? `${auth.user}:${encodeURIComponent(auth.password)}@` : "";
  return {
    url: `smtp://${credentials}127.0.0.1:${server.port}`,
    mails,
    logins,
    async received(count: number) {
      while (mails.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
      return mails;
    },
    [Symbol.dispose]: () => server.stop(true),
  };
}

function answer(
  line: string,
  state: { mail: Mail; inData: boolean; isIn: boolean },
  auth: { user: string; password: string } | undefined,
  logins: string[],
): string {
  const verb = line.split(" ")[0]!.toUpperCase();
  switch (verb) {
    case "EHLO":
      return auth ? "250-mail.test\r\n250 AUTH PLAIN\r\n" : "250 mail.test\r\n";
    case "AUTH": {
      const [, user = "", password = ""] = Buffer.from(line.split(" ")[2] ?? "", "base64")
        .toString()
        .split("\0");
      logins.push(user);
      state.isIn = user === auth?.user && password === auth.password;
      return state.isIn ? "235 OK\r\n" : `535 5.7.8 Bad credentials for ${user} with ${password}\r\n`;
    }
    case "MAIL":
      if (!state.isIn) return "530 Authentication required\r\n";
      state.mail.from = /<(.*)>/.exec(line)![1]!;
      return "250 OK\r\n";
    case "RCPT":
      state.mail.to.push(/<(.*)>/.exec(line)![1]!);
      return "250 OK\r\n";
    case "DATA":
      state.inData = true;
      return "354 Go on\r\n";
    case "QUIT":
      return "221 Bye\r\n";
    default:
      return "502 Unknown\r\n";
  }
}
