import { expect, test } from "bun:test";
import { isForeignHost } from "../../src/http/foreign-host.ts";
import { CHAT_REQUEST, standIn } from "./stand-in.ts";

test.each<[string | null, boolean]>([
  [null, false],
  ["127.0.0.1:4000", false],
  ["localhost", false],
  ["LOCALHOST:4000", false],
  ["[::1]:4000", false],
  ["192.168.1.7:4000", false],
  ["gateway:4000", false],
  ["host.docker.internal:4000", false],
  ["my-mac.local:4000", false],
  ["a.localhost", false],
  ["gateway.example.com", false],
  ["evil.example:4000", true],
  ["127.0.0.1.evil.example", true],
  ["localhost.evil.example:4000", true],
  ["gateway.example.com.evil.example", true],
  ["localhost.", true],
  ["evil.example.", true],
])("%p: %p", (host, foreign) => {
  expect(isForeignHost(host, "https://gateway.example.com")).toBe(foreign);
});

test("DNS rebinding: where no key is needed a page reaches nothing by a name of its own; with keys names are free", async () => {
  const gateway = standIn();
  const send = async (host: string) => {
    const response = await gateway.post("/v1/chat/completions", CHAT_REQUEST, { host });
    return { status: response.status, text: await response.text() };
  };
  try {
    expect((await send("evil.example")).status).toBe(200);
    gateway.ports.admin.requiresKey = () => false;
    const refused = await send("evil.example:4000");
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("permission_denied");
    expect(refused.text).toContain("server.publicUrl");
    expect((await gateway.get("/v1/models", { host: "evil.example" })).status).toBe(403);
    expect((await send("localhost")).status).toBe(200);
  } finally {
    await gateway.stop();
  }
});
