import { expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { standIn } from "../stand-in.ts";

const ADMIN = { authorization: "Bearer admin-token" };

test("a test message goes to the named channel; what the channel says against it is the answer", async () => {
  const it = standIn();
  const asked: string[] = [];
  it.ports.admin.alerts.test = async (channel) => {
    asked.push(channel);
    if (channel === "teams") throw new GatewayError("upstream_error", 'The channel "teams" did not take the message.');
  };
  const sent = await it.post("/admin/alerts/test", { channel: "slack" }, ADMIN);
  expect([sent.status, await sent.json()]).toEqual([200, { channel: "slack", delivered: true }]);
  expect((await it.post("/admin/alerts/test", { channel: "teams" }, ADMIN)).status).toBe(502);
  expect(asked).toEqual(["slack", "teams"]);
  await it.stop();
});

test.each([{}, { channel: "" }, { channel: 1 }, { channel: "slack", loud: true }])("%j is refused", async (body) => {
  const it = standIn();
  expect((await it.post("/admin/alerts/test", body, ADMIN)).status).toBe(400);
  await it.stop();
});

test("a viewer may not", async () => {
  const it = standIn();
  const response = await it.post("/admin/alerts/test", { channel: "slack" }, { authorization: "Bearer viewer-token" });
  expect(response.status).toBe(403);
  await it.stop();
});
