import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SCHEMAS } from "../../../src/http/openapi/schemas.ts";
import { ROUTES } from "../../../src/http/routes.ts";
import { type StandIn, standIn } from "../stand-in.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Operation = {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; required?: boolean; schema: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown; example?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown; example?: unknown }> }>;
  security: Record<string, unknown>[];
};
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> } & { [key: string]: Json };

let gateway: StandIn;
let document: Document;
beforeAll(async () => {
  gateway = standIn();
  const response = await gateway.get("/openapi.json");
  expect(response.headers.get("content-type")).toBe("application/json");
  document = (await response.json()) as Document;
});
afterAll(() => gateway.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

test("is OpenAPI 3.1 with the fields that the specification requires", () => {
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document["info"]).toMatchObject({ title: "Evergate", version: "0.0.0-test" });
  for (const { operation } of operations()) {
    expect(operation.summary).toBeString();
    expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^[1-5]\d\d$/);
      expect(response.description).toBeString();
    }
  }
});

test("shows every route of the table and nothing else", () => {
  const listed = ROUTES.map(({ method, path }) => `${method} ${path.replace("*", "{id}").replace(":id", "{id}")}`);
  const shown = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  expect(shown.sort()).toEqual(listed.sort());
});

test("names every operation once", () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]+$/);
});

test("declares the parameters of its paths, each once", () => {
  for (const { path, operation } of operations()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    for (const parameter of declared) expect(parameter.required).toBe(true);
    const names = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(names).size).toBe(names.length);
  }
});

test("every reference leads somewhere", () => {
  const references: string[] = [];
  walk(document as Json, (key, value) => key === "$ref" && references.push(String(value)));
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    const target = reference
      .slice(2)
      .split("/")
      .reduce<Json | undefined>((node, key) => (node as Record<string, Json> | undefined)?.[key], document as Json);
    expect([reference, typeof target]).toEqual([reference, "object"]);
  }
});

test("says what each path is protected by, with schemes that exist", () => {
  const schemes = Object.keys((document["components"] as { securitySchemes: object }).securitySchemes);
  for (const { path, method, operation } of operations()) {
    const route = ROUTES.find(
      (r) => r.method === method.toUpperCase() && r.path.replace("*", "{id}").replace(":id", "{id}") === path,
    )!;
    expect(operation.security.length > 0).toBe(route.role !== "open");
    for (const scheme of operation.security.flatMap((requirement) => Object.keys(requirement)))
      expect(schemes).toContain(scheme);
  }
});

test("every JSON example is valid against its schema", () => {
  let checked = 0;
  for (const { path, operation } of operations()) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const content of bodies.flatMap((body) => Object.entries(body?.content ?? {}))) {
      const [type, { schema, example }] = content;
      expect([path, type, example]).not.toContain(undefined);
      if (type !== "application/json") continue;
      const errors = matches(schema, example) ? [] : [`${path}: ${JSON.stringify(example).slice(0, 80)}`];
      expect(errors).toEqual([]);
      checked += 1;
    }
  }
  expect(checked).toBeGreaterThan(50);
});

/** A small judge of the schema words that the document uses;. */
function matches(schema: unknown, value: unknown): boolean {
  const rules = schema as Record<string, unknown>;
  if (typeof rules["$ref"] === "string") {
    const name = rules["$ref"].split("/").at(-1) as keyof typeof SCHEMAS;
    return matches((document["components"] as { schemas: Record<string, unknown> }).schemas[name], value);
  }
  for (const word of ["anyOf", "oneOf"] as const)
    if (rules[word] && !(rules[word] as unknown[]).some((option) => matches(option, value))) return false;
  if (rules["allOf"] && !(rules["allOf"] as unknown[]).every((option) => matches(option, value))) return false;
  if (rules["enum"] && !(rules["enum"] as unknown[]).includes(value)) return false;
  if ("const" in rules && rules["const"] !== value) return false;
  if (rules["type"] && !isOfType(rules["type"] as string, value)) return false;
  if (rules["pattern"] && !new RegExp(rules["pattern"] as string).test(String(value))) return false;
  if (Array.isArray(value) && rules["items"]) return value.every((item) => matches(rules["items"], item));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const fields = value as Record<string, unknown>;
  if (!((rules["required"] as string[] | undefined) ?? []).every((name) => name in fields)) return false;
  const properties = (rules["properties"] ?? {}) as Record<string, unknown>;
  return Object.entries(properties).every(([name, inner]) => !(name in fields) || matches(inner, fields[name]));
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  // The remaining names are those of typeof.
  return typeof value === type;
}

function walk(node: Json, visit: (key: string, value: Json) => unknown): void {
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    visit(key, value);
    walk(value, visit);
  }
}
