/** A stand-in whose providers and models are the real ones, over a store of its own. */
import { FILE, type OpenRouting, openRouting, SECRET } from "../config/dynamic/routing.ts";
import type { Answer } from "./admin-access.ts";
import { type StandIn, standIn } from "./stand-in.ts";

export { SECRET };

export interface RoutingStandIn extends AsyncDisposable {
  gateway: StandIn;
  open: OpenRouting;
  /** As the holder of a token; the admin's by default. */
  send(
    method: string,
    path: string,
    body?: unknown,
    options?: { token?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
}

export const UP = { name: "up", type: "openai-compatible", baseUrl: "https://up.example/v1", keys: [SECRET] };

export async function routingStandIn(settings: object = FILE): Promise<RoutingStandIn> {
  const open = await openRouting(settings);
  const gateway = standIn();
  gateway.ports.admin.routing = open.book;
  gateway.ports.admin.audit = open.store.audit;
  return {
    gateway,
    open,
    async send(method, path, body, { token = "admin-token", headers = {} } = {}) {
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
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await open[Symbol.asyncDispose]();
    },
  };
}
