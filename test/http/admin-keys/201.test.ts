import { expect, test } from "bun:test";
import { adminStandIn } from "../admin-access.ts";

test("a new key comes with its secret, this once, and says where it is", async () => {
  await using admin = await adminStandIn();
  const body = {
    name: "new",
    team: "search",
    models: ["fast"],
    providers: ["openai"],
    tags: { a: "1" },
    budgets: [{ limitUsd: 0.000000001, per: "day", model: "fast", rolling: true }],
    limits: { requestsPerMinute: 60, maxConcurrent: 2 },
    perUser: { budgets: [{ limitUsd: 1, per: "month" }], limits: { requestsPerDay: 9 } },
    expires: "2027-01-31T00:00:00Z",
    ips: ["10.0.0.0/8", "2001:db8::/32"],
  };
  const { status, headers, json } = await admin.send("POST", "/admin/keys", body);
  expect(status).toBe(201);
  expect(json).toMatchObject({ ...body, customer: null, disabled: false, origin: "api" });
  expect(json.key).toMatch(/^eg_[A-Za-z0-9]{40}$/);
  expect(json.prefix).toBe(json.key.slice(0, 6));
  expect(headers.get("location")).toBe(`/admin/keys/${json.id}`);
  const { key, ...rest } = json;
  const shown = await admin.send("GET", headers.get("location")!);
  expect(shown.json).toEqual(rest);
  expect(shown.headers.get("etag")).toBe(headers.get("etag"));
  expect(admin.open.access.identify(key, { remoteAddress: "10.1.1.1" }).name).toBe("new");
});

test.each([
  ["teams", { name: "ops", customer: "acme", limits: { requestsPerMinute: 600 } }, /^team_/],
  ["customers", { name: "umbrella", budgets: [{ limitUsd: 2_000, per: "month" }] }, /^customer_/],
])("%s are made the same way, without a secret", async (kind, body, id) => {
  await using admin = await adminStandIn();
  const { status, json } = await admin.send("POST", `/admin/${kind}`, body);
  expect(status).toBe(201);
  expect(json).toMatchObject({ ...body, id: expect.stringMatching(id), origin: "api" });
  expect(json.key).toBeUndefined();
  expect((await admin.send("GET", `/admin/${kind}/${body.name}`)).json).toEqual(json);
});
