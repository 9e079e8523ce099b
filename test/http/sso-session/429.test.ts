import { expect, test } from "bun:test";
import { FAILURE_WINDOW_MS, MAX_AUDITED_FAILURES, MAX_FAILURES } from "../../../src/http/sso/failures.ts";
import { standIn } from "../stand-in.ts";

test("after ten failures an address waits, also with the right token; another does not", async () => {
  const gateway = standIn({ settings: { trustedProxies: ["127.0.0.1"] } });
  const post = (token: string, address: string) =>
    gateway.post("/sso/session", { token }, { "x-forwarded-for": address });
  for (let n = 0; n < MAX_FAILURES; n++) expect((await post("wrong", "192.0.2.1")).status).toBe(401);
  const refused = await post("admin-token", "192.0.2.1");
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe(String(FAILURE_WINDOW_MS / 1_000));
  expect((await post("admin-token", "192.0.2.2")).status).toBe(201);
  await gateway.clock.advance(FAILURE_WINDOW_MS);
  expect((await post("admin-token", "192.0.2.1")).status).toBe(201);
  await gateway.stop();
});

test("many guesses at once are no more than many one after the other", async () => {
  const gateway = standIn();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => gateway.post("/sso/session", { token: "a-guess" })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(MAX_FAILURES);
  expect(statuses.filter((status) => status === 429)).toHaveLength(50 - MAX_FAILURES);
  await gateway.stop();
});

test("who tries from many addresses does not fill the audit trail", async () => {
  const gateway = standIn({ settings: { trustedProxies: ["127.0.0.1"] } });
  for (let n = 0; n < MAX_AUDITED_FAILURES + 5; n++) {
    const response = await gateway.post("/sso/session", { token: "wrong" }, { "x-forwarded-for": `192.0.2.${n}` });
    expect(response.status).toBe(401);
  }
  expect(gateway.audited).toHaveLength(MAX_AUDITED_FAILURES);
  await gateway.clock.advance(FAILURE_WINDOW_MS);
  await gateway.post("/sso/session", { token: "wrong" }, { "x-forwarded-for": "192.0.2.200" });
  expect(gateway.audited).toHaveLength(MAX_AUDITED_FAILURES + 1);
  await gateway.stop();
});
