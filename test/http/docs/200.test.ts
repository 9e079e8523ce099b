import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test("the page loads nothing from elsewhere, and what it names is there", async () => {
  const response = await gateway.get("/docs");
  expect(response.status).toBe(200);
  const html = await response.text();
  const policy = response.headers.get("content-security-policy")!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("http");
  expect(html).not.toMatch(/https?:\/\//);
  // The policy allows no inline script.
  expect(html).not.toMatch(/<script>/);
  const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]!);
  expect(assets).toHaveLength(3);
  for (const path of assets) expect((await gateway.get(path)).status).toBe(200);
});

test.each([
  ["/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", "SwaggerUIBundle"],
  ["/docs/swagger-ui.css", "text/css; charset=utf-8", ".swagger-ui"],
  ["/docs/start.js", "text/javascript; charset=utf-8", "/openapi.json"],
])("%s", async (path, type, content) => {
  const response = await gateway.get(path);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await response.text()).toContain(content);
});
