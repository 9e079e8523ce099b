import { afterEach, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

const PATH = "/v1/chat/completions";
let gateway: StandIn;
afterEach(() => gateway.stop());

test.each(["GET", "PUT", "DELETE", "PATCH", "HEAD"])("%s is refused with what is allowed", async (method) => {
  gateway = standIn();
  const response = await fetch(gateway.url(PATH), { method });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("POST");
  if (method !== "HEAD") expect((await response.json()).error).toMatchObject({ code: "method_not_allowed" });
});

test("a preflight is granted to the origins the operator names, on inference paths alone", async () => {
  gateway = standIn({ settings: { corsOrigins: ["https://app.example"] } });
  const ask = (path: string, origin: string) =>
    fetch(gateway.url(path), {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-stainless-lang",
      },
    });
  const granted = await ask(PATH, "https://app.example");
  expect(granted.status).toBe(204);
  expect(granted.headers.get("access-control-allow-origin")).toBe("https://app.example");
  expect(granted.headers.get("access-control-allow-methods")).toBe("POST");
  expect(granted.headers.get("access-control-allow-headers")).toBe("x-stainless-lang");
  for (const [path, origin] of [
    [PATH, "https://evil.example"],
    ["/admin/requests", "https://app.example"],
    ["/metrics", "https://app.example"],
  ] as const) {
    const refused = await ask(path, origin);
    expect(refused.status).toBe(405);
    expect(refused.headers.has("access-control-allow-origin")).toBe(false);
  }
});

test("answers to an allowed origin can be read by its page, errors too; others cannot", async () => {
  gateway = standIn({ settings: { corsOrigins: ["https://app.example"] } });
  const allowed = await gateway.post(PATH, "{", { origin: "https://app.example" });
  expect(allowed.status).toBe(400);
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example");
  expect(allowed.headers.get("access-control-expose-headers")).toContain("x-evergate-request-id");
  expect(allowed.headers.get("access-control-expose-headers")).toContain("x-ratelimit-remaining-requests");
  expect(allowed.headers.get("vary")).toBe("origin");
  const foreign = await gateway.post(PATH, "{", { origin: "https://evil.example" });
  expect(foreign.headers.has("access-control-allow-origin")).toBe(false);
  const admin = await gateway.get("/admin/requests", {
    authorization: "Bearer admin-token",
    origin: "https://app.example",
  });
  expect(admin.headers.has("access-control-allow-origin")).toBe(false);
});
