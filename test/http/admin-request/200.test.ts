import { expect, test } from "bun:test";
import { ROW, ROW_JSON } from "../admin-requests/rows.ts";
import { standIn } from "../stand-in.ts";

test("one request with its explanation", async () => {
  const gateway = standIn();
  const asked: string[] = [];
  gateway.ports.admin.requests.get = async (id) => {
    asked.push(id);
    return ROW;
  };
  const response = await gateway.get("/admin/requests/req%5F1", { authorization: "Bearer admin-token" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ...ROW_JSON, explanation: ROW.explanation, content: null });
  expect(asked).toEqual(["req_1"]);
  await gateway.stop();
});
