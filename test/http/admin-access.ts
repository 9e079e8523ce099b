/** A stand-in whose keys, teams, customers and audit trail are the real ones, over a store of its own. */
import { NOW_MS, type OpenBook, openBook } from "../config/dynamic/book.ts";
import { type StandIn, standIn } from "./stand-in.ts";

export interface AdminStandIn extends AsyncDisposable {
  gateway: StandIn;
  open: OpenBook;
  /** As the holder of a token; the admin's by default. */
  send(method: string, path: string, body?: unknown, options?: SendOptions): Promise<Answer>;
}

interface SendOptions {
  token?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  json: any;
}

export { NOW_MS };

export async function adminStandIn(settings?: object): Promise<AdminStandIn> {
  const open = await openBook(settings);
  const gateway = standIn();
  gateway.ports.admin.access = open.book;
  gateway.ports.admin.audit = open.store.audit;
  gateway.ports.admin.usage = open.store.ledger.usage;
  return {
    gateway,
    open,
    send: sendTo(gateway),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await open[Symbol.asyncDispose]();
    },
  };
}

/** Requests of the admin API, answered with what their JSON says. */
export function sendTo(gateway: StandIn): AdminStandIn["send"] {
  return async (method, path, body, { token = "admin-token", headers = {} } = {}) => {
    const response = await fetch(gateway.url(path), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
  };
}
