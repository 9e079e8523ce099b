/**
 * `/openapi.json`. The paths come from the routes that Elysia has registered (@elysiajs/openapi reads them, with the
 * descriptions of the route table), so that a route cannot be served without being shown. The plugin's own pages are
 * not used: they load from a CDN.
 */
import { toOpenAPISchema } from "@elysiajs/openapi/openapi";
import type { AnyElysia } from "elysia";
import type { Route } from "../routes.ts";
import { SCHEMAS } from "./schemas.ts";

const OPENAPI_VERSION = "3.1.1";

export function openApiDocument(app: AnyElysia, routes: readonly Route[], version: string): Record<string, unknown> {
  const { paths } = toOpenAPISchema(app, { staticFile: false }, undefined, undefined, OPENAPI_VERSION);
  const described: Record<string, unknown> = {};
  for (const [path, item] of Object.entries(paths)) {
    const operations: Record<string, unknown> = {};
    for (const [method, operation] of Object.entries(item ?? {})) {
      const route = routes.find((r) => r.method.toLowerCase() === method && templateOf(r.path, "*") === path);
      if (route) operations[method] = { ...(operation as object), ...idOf(route), ...securityOf(route) };
    }
    described[path.replace("/*", "/{id}")] = operations;
  }
  return {
    openapi: OPENAPI_VERSION,
    info: {
      title: "Evergate",
      version,
      description: "An LLM gateway that stays up when its providers do not.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: TAGS,
    paths: described,
    components: { schemas: SCHEMAS, securitySchemes: SECURITY_SCHEMES },
  };
}

const TAGS = [
  { name: "inference", description: "The APIs of OpenAI, Anthropic and Gemini, for any configured model." },
  { name: "operations", description: "Health, metrics, documentation." },
  {
    name: "admin",
    description:
      "Keys, teams, customers, budgets, usage, audit, requests, targets and configuration; needs the admin token or a session.",
  },
  { name: "sign-in", description: "Sessions of the dashboard." },
];

const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "A virtual key (inference) or an admin token (/admin)." },
  xApiKey: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "A virtual key, as Anthropic's SDKs send it.",
  },
  apiKey: { type: "apiKey", in: "header", name: "api-key", description: "A virtual key, as Azure's SDKs send it." },
  xGoogApiKey: {
    type: "apiKey",
    in: "header",
    name: "x-goog-api-key",
    description: "A virtual key, as Google's SDKs send it.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "evergate_session",
    description: "A session; whatever changes something needs its x-evergate-csrf as well.",
  },
};

function securityOf(route: Route): { security: Record<string, string[]>[] } {
  if (route.role === "open") return { security: [] };
  if (route.role === "session") return { security: [{ session: [] }] };
  if (route.path.startsWith("/admin/")) return { security: [{ bearer: [] }, { session: [] }] };
  if (route.role !== "key") return { security: [{ bearer: [] }] };
  return { security: [{ bearer: [] }, { xApiKey: [] }, { apiKey: [] }, { xGoogApiKey: [] }] };
}

/** Unique and stable: SDK generators make function names of it. */
function idOf(route: Route): { operationId: string } {
  const words = `${route.method.toLowerCase()}${templateOf(route.path, "id")}`.match(/[a-zA-Z0-9]+/g) ?? [];
  return { operationId: words.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join("") };
}

/** `:id` as `{id}`, the way the plugin writes it. */
function templateOf(path: string, rest: string): string {
  return path.replace(/:([^/]+)/g, "{$1}").replace("*", rest);
}
